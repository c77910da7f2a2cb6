import { EXIM, from, GOOGLE, type Note, POSTFIX, RFC_5321 } from './note.ts';

export const SENDER_NOTES: readonly Note[] = [
  ...from('https://www.spamhaus.org/faqs/dnsbl-usage/', [
    ['block-list', '554 Client host [192.0.2.1] blocked using zen.spamhaus.org', '550 user is not listed in directory'],
  ]),
  ...from(GOOGLE, [
    [
      'reputation',
      '550 likely suspicious due to the very low reputation of the sending domain',
      '550 suspicious message',
    ],
    [
      'authentication',
      '550 shop.example does not pass SPF: no such user',
      '550 5.1.1 user unknown, see https://spf.example/dkim',
    ],
    ['reverse-dns', '550 The IP address has no PTR record setup', '550 5.1.1 user unknown in ptrn table'],
  ]),
  ...from(POSTFIX, [
    [
      'before-recipient',
      'host mx.example[192.0.2.1] said: 550 User unknown (in reply to MAIL FROM command)',
      'host mx.example[192.0.2.1] said: 550 User unknown (in reply to RCPT TO command)',
    ],
    [
      'sender-refused',
      '550 <news@shop.example>: Sender address rejected: Domain not found',
      '550 <ada@example.com>: Recipient address rejected: Domain not found',
    ],
    ['helo', '504 <mta1.esp.example>: Helo command rejected: Host not found', '550 host not found: hello.example'],
    [
      'our-host',
      '554 <unknown[192.0.2.1]>: Client host rejected: user unknown',
      '550 5.1.1 user unknown. Please check with your recipient',
    ],
  ]),
  ...from('http://www.snertsoft.com/smtp/smtpf/reply.html', [
    ['refused-sender', '550 no such user: unknown sender', '550 unknown recipient'],
  ]),
  ...from(EXIM, [
    [
      'sender-callout',
      '550-Verification failed for <bounces@mail.shop.example> 550 No Such User Here',
      '550 recipient verification failed',
    ],
  ]),
  ...from('https://www.godaddy.com/help/fix-rejected-email-with-a-bounce-error-40685', [
    [
      'sender-rate',
      '550 5.1.1 bounce@shop.example has sent to too many recipients this hour. IB607',
      '450 too many recipients',
    ],
  ]),
  ...from(RFC_5321, [
    ['sender-german', '550 Absender: Benutzer unbekannt', '550 Benutzer unbekannt'],
    ['sender-french', '550 Expéditeur : utilisateur inconnu', '550 Destinataire inconnu'],
    ['sender-italian', '550 Mittente: utente sconosciuto', '550 Utente sconosciuto'],
    ['sender-spanish-portuguese', '550 Remitente: usuario desconocido', '550 Usuario desconocido'],
    ['sender-dutch-nordic', '550 Afzender: gebruiker onbekend', '550 Gebruiker onbekend'],
    ['sender-polish-czech', '550 Adres nadawcy: nieznany użytkownik', '550 Nieznany użytkownik'],
    ['sender-turkish', '550 Gönderen: kullanıcı bulunamadı', '550 Kullanıcı bulunamadı'],
    ['sender-russian', '550 Адрес отправителя не существует', '550 Адрес получателя не существует'],
    ['sender-chinese', '550 发件人地址不存在', '550 收件人地址不存在'],
    ['sender-japanese', '550 送信者のメールアドレスが存在しません', '550 宛先のメールアドレスが存在しません'],
    ['sender-korean', '550 발신 주소를 찾을 수 없습니다', '550 수신 주소를 찾을 수 없습니다'],
  ]),
];
