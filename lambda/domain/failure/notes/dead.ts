import { EXIM, from, GOOGLE, MICROSOFT, type Note, POSTFIX, RFC_5321 } from './note.ts';

export const DEAD_NOTES: readonly Note[] = [
  ...from(MICROSOFT, [
    [
      'directory-edge',
      '550 5.4.1 Recipient address rejected: Access denied',
      '554 5.7.1 Recipient address rejected: Access denied',
    ],
    ['domain-gone', '550 DNS domain shop.example does not exist', '550 The domain has no such user'],
  ]),
  ...from('https://www.docomo.ne.jp/service/docomo_mail/', [
    [
      'unknown-after-data',
      '550 Unknown user ada@example.com (in reply to end of DATA command)',
      '550 5.1.1 Unknown user ada@example.com (in reply to end of DATA command)',
    ],
    ['unknown-by-filter', '550 Unknown user ada@example.com', '550 mailbox not found', '5.2.0'],
  ]),
  ...from(EXIM, [
    ['not-here', '550 Unrouteable address', '550 Unrouteable mail domain'],
    ['no-such-domain', '550 Unrouteable mail domain "example.com"', '550 Unrouteable address'],
    ['host-unknown', '550 [192.0.2.1] name lookup: host not found', 'all relevant MX records point to local host'],
    ['no-such-mailbox', '550 No Such User Here', '550 No such file'],
  ]),
  ...from('https://www.rfc-editor.org/rfc/rfc7505', [
    ['null-mx', '550 Domain of the recipient has a null MX', '550 MX is fine'],
  ]),
  ...from(POSTFIX, [
    [
      'mailbox-gone',
      '550 Recipient address rejected: User unknown in local recipient table',
      '550 User: the message is unknown',
    ],
  ]),
  ...from(GOOGLE, [
    ['mailbox-closed', '550 The email account that you tried to reach is disabled', '550 The service is disabled'],
    ['cannot-find-mailbox', '550 We could not find this recipient', '550 We could not find this file'],
  ]),
  ...from('https://mimecastsupport.zendesk.com/hc/en-us/articles/34000709564691-Policies-Mimecast-SMTP-Error-Codes', [
    ['closed-mailbox', '550 Invalid Recipient', '550 Invalid message'],
  ]),
  ...from('https://www.cisco.com/c/en/us/support/security/email-security-appliance/series.html', [
    ['recipient-rejected', '550 Address rejected.', '550 Address rejected: see our rules'],
    ['recipient-rejected-as-unknown', '550 5.1.1 <ada@example.com> recipient rejected', '550 5.0.1 recipient rejected'],
  ]),
  ...from(RFC_5321, [
    ['domain-elsewhere', '550 Domain existiert nicht', '550 Domain antwortet nicht'],
    ['mailbox-german', '550 Benutzer unbekannt', '550 Grund unbekannt'],
    ['mailbox-dutch', '550 Gebruiker onbekend', '550 Reden onbekend'],
    ['mailbox-french', '550 Utilisateur inconnu', '550 Motif inconnu'],
    ['mailbox-italian', '550 Utente sconosciuto', '550 Motivo sconosciuto'],
    ['mailbox-spanish', '550 Usuario desconocido', '550 Motivo desconocido'],
    ['mailbox-portuguese', '550 Endereço não encontrado', '550 Motivo desconhecido'],
    ['mailbox-polish', '550 Nieznany użytkownik', '550 Nieznany powód'],
    ['mailbox-czech', '550 Neznámý uživatel', '550 Neznámý důvod'],
    ['mailbox-turkish', '550 Kullanıcı bulunamadı', '550 Sebep bulunamadı'],
    ['mailbox-nordic', '550 Okänd mottagare', '550 Okänd orsak'],
    ['mailbox-hungarian', '550 Ismeretlen felhasználó', '550 Ismeretlen ok'],
    ['mailbox-russian', '550 Пользователь не найден', '550 Файл не найден'],
    ['mailbox-chinese', '550 用户不存在', '550 文件不存在'],
    ['mailbox-japanese', '550 宛先が見つかりません', '550 ファイルが見つかりません'],
    ['mailbox-korean', '550 존재하지 않는 사용자입니다', '550 존재하지 않는 파일입니다'],
    ['refused', '550 Message Rejected', '550 Message not delivered'],
    ['refused-elsewhere', '550 Nachricht abgelehnt', '550 Nachricht nicht zugestellt'],
    ['out-of-order', '554 Service unavailable', '554 Service'],
  ]),
];
