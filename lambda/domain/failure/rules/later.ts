import { LATER, type Rule, says } from '../rule.ts';

/** (b) Not so fast: rates and greylisting. */
export const RATE_RULES: readonly Rule[] = [
  { name: 'greylisting', says: says('\\bgr[ae]y-?list', 'postgrey'), verdict: LATER },
  {
    name: 'rate',
    says: says(
      '\\bdeferr?(?:ed|al)\\b',
      'throttl',
      '\\brate[- ]?(?:limit|control)',
      '\\breceiving (?:e?-?mail|messages) (?:too|at a rate)',
      '\\btoo (?:fast|quickly|frequent|frequently|often)\\b',
      'frequency (?:is )?(?:limit|exceed)',
      'unavailable or access denied',
      '发送频率',
    ),
    verdict: LATER,
  },
  {
    name: 'too-many',
    says: says('\\btoo many\\b', '\\bexcessive (?:unknown|invalid|number)'),
    unless: says('too many (?:messages|mails) (?:on|in)\\b'),
    verdict: LATER,
  },
  {
    name: 'limit-per-time',
    says: says(
      '\\b(?:exceed|limit|maximum|quota)[^.;!?]{0,60}\\b(?:hour|hourly|day|daily|minutes?|connections?|sessions?|concurrent|recipients?|receive)\\b',
      '\\b(?:hourly|daily|sending|relay|recipient count)\\b[^.;!?]{0,30}\\b(?:limit|exceed|quota)',
      '\\blimit reached\\b',
      '(?:thread|recipient) limit exceeded',
    ),
    unless: says("\\brecipient'?s?'? (?:mail ?box|inbox|quota)"),
    verdict: LATER,
  },
];

/** Not now: queues, the network, a lookup that failed. The same mail may pass tomorrow. */
export const LATER_RULES: readonly Rule[] = [
  {
    name: 'try-later',
    says: says(
      '\\b(?:try|retry|retrying|resend|send|come back|attempt|submit|deliver)\\b[^.;!?]{0,40}\\b(?:later|shortly|soon|tomorrow|in (?:a |an )?(?:few|\\d{1,4}|several|some)|after \\d)',
      '\\blater time\\b',
    ),
    verdict: LATER,
  },
  {
    name: 'try-again',
    says: says('(?<!and )(?<!and then )\\b(?:try|retry) again\\b'),
    verdict: LATER,
  },
  {
    name: 'temporary',
    says: says(
      '\\btemporar(?:y|ily|ely)\\b',
      '\\btransient\\b',
      '\\bat (?:the|this) (?:moment|time)\\b',
      '\\bcurrently (?:unavailable|not available|busy|unable|down|locked)\\b',
      '\\bbusy\\b',
      '\\bin progress\\b',
      '\\bmaintenance\\b',
      '\\boffline\\b',
      '\\bmailbox (?:is )?locked\\b',
    ),
    verdict: LATER,
  },
  {
    name: 'expired',
    says: says(
      '\\b(?:message|delivery|queue|retry)\\b[^.;!?]{0,25}\\bexpired\\b',
      '\\btoo (?:long|old)\\b(?<=queue too long|too old)',
      '\\bnot be delivered (?:for|within|after)\\b',
      '\\bretry timeout\\b',
      '\\b(?:attempts exhausted|multiple retries|not delivered within|been delayed)\\b',
      '\\bmessage timeout\\b',
    ),
    verdict: LATER,
  },
  {
    name: 'loop',
    says: says(
      '\\bhop count\\b',
      '\\bloops? (?:detected|back)\\b',
      '\\blooping\\b',
      '\\bmail loop\\b',
      'points? (?:back )?to (?:local|@)',
    ),
    verdict: LATER,
  },
  {
    name: 'network',
    says: says(
      '\\bconnection (?:refused|reset|timed? ?out|lost|closed|dropped|fail|died|error)',
      '\\b(?:lost|dropped) connection\\b',
      '\\beof\\b',
      '\\bnot reachable\\b',
      '\\bno common ssl\\b',
      '\\btimed? ?-?out\\b',
      '\\bno route to\\b',
      '\\bunreachable\\b',
      '\\bnetwork (?:error|problem|is (?:down|busy|unreachable))',
      "\\b(?:unable|failed|not able|wasn't able|could not|couldn't|cannot|can't) (?:to )?(?:connect|establish|contact)",
      '\\bi\\/o (?:error|timeout)',
      '\\b(?:tls|ssl) (?:handshake|negotiation|error|fail)',
      '\\bcertificate\\b',
      '\\bno answer\\b',
    ),
    verdict: LATER,
  },
  {
    name: 'lookup-failed',
    says: says(
      '\\b(?:dns|lookup|name ?server|name service|resolv(?:e|ing))\\b[^.;!?]{0,60}\\b(?:fail|failed|failure|error|soft|did not complete|problem|unexpected)\\b',
      '\\bservfail\\b',
      '\\b(?:failed|unable|cannot|could not) (?:to )?(?:resolve|look ?up)\\b',
      '\\bmx info\\b',
      '\\banswer with no data\\b',
    ),
    unless: says(
      '(?:host|domain)(?: name)? not found(?!,? try)',
      '\\bno such (?:host|domain)',
      'nxdomain',
      '\\bdoes not exist',
      '\\bnon-?exist',
      '\\bno data record',
      '\\bhard error\\b',
    ),
    verdict: LATER,
  },
  { name: 'later-german', says: says('\\bspäter\\b', 'vorübergehend', '\\btemporär'), verdict: LATER },
  { name: 'later-french', says: says('plus tard', 'ultérieurement', 'temporairement'), verdict: LATER },
  { name: 'later-italian', says: says('più tardi', '\\briprova', 'temporane'), verdict: LATER },
  { name: 'later-spanish', says: says('más tarde', 'inténtelo de nuevo', 'temporalmente'), verdict: LATER },
  { name: 'later-portuguese', says: says('mais tarde', 'tente novamente'), verdict: LATER },
  { name: 'later-dutch', says: says('later opnieuw', '\\btijdelijk'), verdict: LATER },
  { name: 'later-polish-czech', says: says('później', 'tymczasow', 'později', 'dočasn'), verdict: LATER },
  { name: 'later-turkish', says: says('daha sonra', '\\bgeçici'), verdict: LATER },
  { name: 'later-russian', says: says('позже', 'позднее', 'временно'), verdict: LATER },
  { name: 'later-chinese', says: says('稍后', '稍後', '暂时', '暫時', '繁忙', '超时'), verdict: LATER },
  { name: 'later-japanese', says: says('しばらく', '後ほど', '一時的'), verdict: LATER },
  { name: 'later-korean', says: says('잠시', '일시적', '나중에'), verdict: LATER },
];
