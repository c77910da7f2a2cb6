import { from, GOOGLE, MIMECAST, type Note, POSTFIX, RFC_5321 } from './note.ts';

export const BLOCK_NOTES: readonly Note[] = [
  ...from(GOOGLE, [
    [
      'spam',
      '550-5.7.1 Our system has detected that this message is likely unsolicited mail',
      '550 5.1.1 <spam@example.com>: user unknown',
    ],
    ['content', '552 its content presents a potential risk', '550 contents@example.com not found'],
  ]),
  ...from(MIMECAST, [
    ['malware-attachment', '554 Virus found', '550 5.1.1 unknown user: "virus"'],
    ['policy', '554 Email rejected due to security policies', '550 5.1.1 user unknown, see https://policy.example'],
  ]),
  ...from('https://help.mail.ru/developers/mailing_rules/technical', [
    ['spam-elsewhere', '554 Сообщение похоже на спам', '554 Сообщение отклонено'],
  ]),
  ...from(RFC_5321, [
    ['form', '554 Malformed mail', '554 The mail is unwanted'],
    ['not-allowed', '550 5.1.1 you are not allowed to send to user', '550 5.1.1 user is not known'],
    ['blocked', '550 5.1.1 user unknown: blocked', '550 Account blocked due to inactivity'],
    ['dial-up', '550 mail of dynamic addresses: user unknown', '550 address unknown'],
  ]),
  ...from(POSTFIX, [
    ['size', '552 Error: message file too big', '552 mailbox full'],
    ['denied', '550 5.1.1 access denied', '550 5.4.1 Recipient address rejected: Access denied'],
    [
      'relay',
      '550 open relay: user unknown',
      '550 5.1.1 Recipient address rejected: User unknown in relay recipient table',
    ],
  ]),
];
