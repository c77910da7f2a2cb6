import { from, GOOGLE, type Note, RFC_5321 } from './note.ts';

export const FULL_NOTES: readonly Note[] = [
  ...from(GOOGLE, [
    ['no-space', "550 The recipient's inbox is out of storage space", '452 insufficient system storage'],
  ]),
  ...from('https://www.yandex.com/support/mail/bounces/yandex.html', [
    ['quota', '550 user is over quota', '552 message size exceeds the quota of the day'],
  ]),
  ...from(RFC_5321, [
    ['mailbox-full', '550 5.1.1 mailbox full', '550 5.1.1 user unknown: full name needed'],
    ['full-german-dutch', '550 Postfach voll', '550 Postfach unbekannt'],
    ['full-french', '550 Boîte pleine', '550 Boîte inconnue'],
    ['full-italian', '550 Casella piena', '550 Casella inesistente'],
    ['full-spanish', '550 Buzón lleno', '550 No existe el buzón'],
    ['full-portuguese', '550 Caixa postal cheia', '550 Caixa postal inexistente'],
    ['full-polish-czech', '550 Skrzynka jest przepełniona', '550 Skrzynka nie istnieje'],
    ['full-turkish', '550 Posta kutusu dolu', '550 Posta kutusu yok'],
    ['full-russian', '550 Почтовый ящик переполнен', '550 Почтовый ящик не существует'],
    ['full-chinese', '550 邮箱已满', '550 邮箱不存在'],
    ['full-japanese', '550 受信箱がいっぱいです', '550 メールボックスが存在しません'],
    ['full-korean', '550 메일함 용량 초과', '550 메일함을 찾을 수 없습니다'],
  ]),
];
