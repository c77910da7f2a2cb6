import { from, GOOGLE, MICROSOFT, type Note, POSTFIX, RFC_5321 } from './note.ts';

export const LATER_NOTES: readonly Note[] = [
  ...from('https://postgrey.schweikert.ch/', [
    ['greylisting', '550 user not found yet: Greylisted', '550 user Gray not found'],
  ]),
  ...from(GOOGLE, [
    [
      'rate',
      '550-5.2.1 The user you are trying to contact is receiving mail at a rate that 550-5.2.1 prevents additional messages',
      '550 5.2.1 The user is not receiving mail: account disabled',
    ],
    ['temporary', '550 mailbox temporarily disabled', '550 mailbox disabled'],
  ]),
  ...from(MICROSOFT, [
    [
      'limit-per-time',
      '550 The recipient has exceeded their limit for the number of messages they can receive per hour',
      "550 The recipient's mailbox has exceeded its storage limit",
    ],
    ['expired', '550 Message expired', '550 The account has expired'],
  ]),
  ...from(POSTFIX, [
    ['too-many', '550 5.1.1 too many errors', '550 User has too many messages on the server'],
    ['loop', '554 mail for example.com loops back to myself', '554 the loop is not a valid mailbox'],
    ['network', 'connect to mx.example.com[192.0.2.1]:25: Connection refused', '550 refused'],
    [
      'try-again',
      'Host not found, try again',
      '550 E-mail address does not exist. Please check the address and try again.',
    ],
    [
      'lookup-failed',
      'Name service error for name=example.com type=MX: Malformed or unexpected name server reply',
      'Name service error for name=example.com type=A: Host not found',
    ],
  ]),
  ...from(RFC_5321, [
    ['try-later', '550 user unknown, please try later', '550 user unknown, please try another address'],
    ['later-german', '550 Benutzer unbekannt, bitte später', '550 Benutzer unbekannt, bitte prüfen'],
    ['later-french', '550 Utilisateur inconnu, réessayez plus tard', '550 Utilisateur inconnu'],
    ['later-italian', '550 Utente sconosciuto, riprova', '550 Utente sconosciuto'],
    ['later-spanish', '550 Usuario desconocido, inténtelo más tarde', '550 Usuario desconocido'],
    ['later-portuguese', '550 Usuário inexistente, tente novamente', '550 Usuário inexistente'],
    ['later-dutch', '550 Gebruiker tijdelijk onbekend', '550 Gebruiker onbekend'],
    ['later-polish-czech', '550 Nieznany użytkownik, spróbuj później', '550 Nieznany użytkownik'],
    ['later-turkish', '550 Kullanıcı bulunamadı, daha sonra deneyin', '550 Kullanıcı bulunamadı'],
    ['later-russian', '550 Ящик временно отключён', '550 Ящик отключён'],
    ['later-chinese', '550 用户不存在,请稍后再试', '550 用户不存在'],
    ['later-japanese', '550 一時的に宛先が見つかりません', '550 宛先が見つかりません'],
    ['later-korean', '550 일시적으로 사용자를 찾을 수 없습니다', '550 사용자를 찾을 수 없습니다'],
  ]),
];
