import { type Rule, SENDER, says, type Verdict } from '../rule.ts';

/** (a) The reply speaks of us: our address, our host, our DNS, our authentication. Whatever else it says is about us too. */

const REPUTATION: Verdict = ['block', 'reputation'];

const NOT =
  "(?:reject|denie|deny|refus|block|fail|invalid|unknown|unable|cannot|missing|\\bbad\\b|\\bmust\\b|requir|unresolv|illegal|malform|forge|fake|spoof|allow|authori|authent|suspend|disabled|\\bban|inactiv|locked|closed|expired|mismatch|violat|prohibit|restrict|verif|\\bnot\\b|n't\\b|\\bno\\b|valid|exist|\\bfound|resolve)";

export const SENDER_RULES: readonly Rule[] = [
  {
    name: 'block-list',
    says: says(
      '\\{list\\}',
      '\\b(?:black|block|deny) ?-?list',
      '\\bblack ip\\b',
      '\\bdnsbls?\\b',
      '\\brbl\\b',
      '\\bspamhaus\\b',
      '\\bspamcop\\b',
      '(?<!not )\\blisted (?:in|at|by|on)\\b',
      '\\bbanned (?:sending|sender|ip)\\b',
      'est listee',
      '\\(bl\\)',
    ),
    verdict: REPUTATION,
  },
  { name: 'reputation', says: says('\\breputation\\b', '\\brate of unsolicited\\b'), verdict: REPUTATION },
  { name: 'before-recipient', says: says('^\\{early\\}'), verdict: SENDER },
  {
    name: 'sender-refused',
    says: says(
      `\\b(?:sender|originator|mail ?from|return[- ]?path|reverse[- ]path|envelope[- ](?:from|sender)|(?:bounce|return|reply)[- ](?:address|path|to)|from[- ](?:address|header|domain|field)|header from|from:)[^.;!?]{0,80}${NOT}`,
      '\\bsender (?:e-?mail )?address\\b',
    ),
    verdict: SENDER,
  },
  {
    name: 'refused-sender',
    says: says(
      '\\b(?:invalid|unknown|bad|forged|fake|illegal|un\\w{1,20}ed|unresolvable|suspicious|missing|null|blocked|banned|denied|denies|reject(?:ed|ing)?|refus(?:ed|ing)|malformed|non-?local|not? (?:a )?(?:valid|allowed|authori[sz]ed))\\b[^.;!?]{0,40} (?:senders?|mail from|envelope|return[- ]path|originator|submitter|client|from(?=[.:;,!]|$))(?!\\w)',
      '\\bfrom header\\b',
      '\\(mail from\\)',
      '\\bdomain of from\\b',
      '\\b(?:verify|resolve) (?:the )?(?:address of )?(?:sender|your)\\b',
    ),
    verdict: SENDER,
  },
  {
    name: 'sender-callout',
    says: says('\\bverification failed for\\b', '\\bcall-?(?:out|back)\\b'),
    verdict: SENDER,
  },
  { name: 'helo', says: says('\\b(?:helo|ehlo|helohost)\\b'), verdict: SENDER },
  {
    name: 'our-host',
    says: says(
      `\\b(?:client(?: host)?|(?:connecting|sending|source|originating|your)(?: mail| e-?mail| ip| dns| smtp)? (?:host ?name|host|ip|servers?|mta|domain|address|isp|network|connection|account|mailbox|system|dns))\\b[^.;!?]{0,80}${NOT}`,
      '\\b(?:servers|hosts?|mail) without a\\b',
      '\\bhost @? ?@? ?from unknown\\b',
      '\\bsending\\b[^.;!?]{0,40}\\b(?:disabled|suspended|denied)\\b',
      '\\binvalid ip\\b',
      '\\bip[- ]?(?:adress|adres\\b|адрес|地址|アドレス|주소)',
      '\\b(?:adres(?:se)?|dirección|endereço|indirizzo) ip\\b',
      '\\bihre? (?:e-?mail-?)?(?:adresse|domain|server|mailserver|host)\\b',
      '\\bvotre (?:adresse|domaine|serveur)\\b',
      '\\b(?:su|seu|tu|teu|(?:il )?(?:tuo|suo)) (?:dirección|dominio|domínio|servidor|endereço|indirizzo|server)\\b',
      'ваш[а-я]{0,2} (?:адрес|домен|сервер)',
      '[您你]的(?:域名|地址|邮箱|账号|服务器)',
      '\\b(?:outgoing|outbound)\\b',
      '\\b(?:from|for) sending\\b',
      '\\b(?:billing|invoice)\\b',
      '\\byour e-?mail is (?:not|un)',
      '\\bip (?:is|has been|was|does not)\\b',
      '\\bvalid host ?name\\b',
    ),
    verdict: SENDER,
  },
  {
    name: 'reverse-dns',
    says: says(
      '\\breverse[- ](?:dns|lookup|hostname|host|name|resolution|record|mapping|address)',
      '\\brdns\\b',
      '\\bptr\\b',
      '\\bfcrdns\\b',
      '\\bresource record\\b',
      '\\bip name lookup failed',
      'find your host ?name',
    ),
    verdict: SENDER,
  },
  {
    name: 'authentication',
    says: says(
      '\\bspf\\b',
      'sender policy framework',
      '\\bdkim\\b',
      'domainkeys',
      '\\bdmarc\\b',
      'authenticat',
      '\\bauthrequired\\b',
      '\\bcredentials\\b',
      '\\bpassword\\b',
      '\\blogin\\b',
      '\\bsasl\\b',
      '\\bauth\\b',
      '\\bspoof',
      '\\bidentit(?:y|ies)\\b',
      'starttls',
      '\\btls (?:is )?required',
    ),
    verdict: SENDER,
  },
  {
    name: 'sender-rate',
    says: says('\\bsent (?:out |mail )?(?:to )?too many', '\\bsender (?:frequency|has exceeded|exceeded|limit)'),
    verdict: SENDER,
  },
  {
    name: 'sender-german',
    says: says('absender'),
    verdict: SENDER,
  },
  { name: 'sender-french', says: says('expéditeur', 'émetteur'), verdict: SENDER },
  { name: 'sender-italian', says: says('mittente'), verdict: SENDER },
  { name: 'sender-spanish-portuguese', says: says('remitente', 'remetente'), verdict: SENDER },
  { name: 'sender-dutch-nordic', says: says('afzender', 'avsändar', 'avsender', 'afsender'), verdict: SENDER },
  { name: 'sender-polish-czech', says: says('nadawc', 'odesílatel'), verdict: SENDER },
  { name: 'sender-turkish', says: says('gönderen', 'gönderici'), verdict: SENDER },
  { name: 'sender-russian', says: says('отправител'), verdict: SENDER },
  { name: 'sender-chinese', says: says('发件人', '发信人', '寄件人', '寄件者', '发送方'), verdict: SENDER },
  { name: 'sender-japanese', says: says('送信者', '送信元', '差出人', '発信者'), verdict: SENDER },
  { name: 'sender-korean', says: says('발신', '보낸 ?사람', '송신'), verdict: SENDER },
];
