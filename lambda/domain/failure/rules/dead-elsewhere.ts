import { MAILBOX, type Rule, says } from '../rule.ts';

/** The same in other tongues, each in its own order of words. */

const either = (who: string, gone: string): string =>
  `(?:${who})[^.;!?]{0,40}?(?:${gone})|(?:${gone})[^.;!?]{0,25}?(?:${who})`;

export const ELSEWHERE_RULES: readonly Rule[] = [
  {
    name: 'mailbox-german',
    says: says(
      either(
        'benutzer|empfänger|empfaenger|postfach|adresse|konto|teilnehmer',
        'unbekannt|nicht bekannt|existiert nicht|nicht gefunden|nicht (?:mehr )?gültig|ungültig|nicht vorhanden|deaktiviert|kein solche|gibt es nicht',
      ),
      '\\bkein(?:en)? (?:postfach|benutzer|empfänger|konto)\\b',
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-dutch',
    says: says(
      either('gebruiker|ontvanger|mailbox|postvak|adres|geadresseerde', 'onbekend|bestaat niet|niet gevonden|ongeldig'),
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-french',
    says: says(
      either(
        'utilisateur|destinataire|adresse|boîte|compte|usager',
        "inconnue?|invalide|inexistante?|n'existe (?:pas|plus)|introuvable|désactivée?|fermée?|n'est plus (?:valide|active?)|non trouvée?",
      ),
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-italian',
    says: says(
      either(
        'utente|destinatario|casella|indirizzo|account',
        'sconosciut[oa]|inesistente|non (?:esiste|valid[oa]|trovat[oa])|nessun|disattivat[oa]|non è più',
      ),
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-spanish',
    says: says(
      either(
        'usuario|destinatario|buzón|cuenta|dirección|casilla',
        'desconocid[oa]|no existe|inexistente|no (?:encontrad[oa]|válid[oa])|desactivad[oa]|inválid[oa]',
      ),
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-portuguese',
    says: says(
      either(
        'usuário|utilizador|destinatário|caixa|conta|endereço',
        'desconhecid[oa]|não (?:existe|encontrad[oa])|inexistente|desativad[oa]|inválid[oa]',
      ),
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-polish',
    says: says(
      either(
        'użytkownik|odbiorc|skrzynk|adresat|adres |konto',
        'nieznan|nie istnieje|nie znaleziono|nieprawid[łl]ow|nie ma takie',
      ),
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-czech',
    says: says(either('uživatel|příjemce|schránk|adresa|používateľ', 'neznám|neexistuje|nenalezen')),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-turkish',
    says: says(
      either(
        'kullan[ıi]c[ıi]|al[ıi]c[ıi]|posta kutusu|hesap',
        'bulunamad[ıi]|bilinmeyen|\\byok\\b|mevcut değil|geçersiz',
      ),
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-nordic',
    says: says(
      either(
        'mottagare|mottaker|modtager|bruger|bruker|användare|vastaanottaja|käyttäj|postilaatikko',
        'okänd|ukjent|ukendt|tuntematon|finnes ikke|finns inte|findes ikke|ei löydy|existerar inte',
      ),
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-hungarian',
    says: says(either('felhasználó|címzett|postafiók', 'ismeretlen|nem létez|nem található')),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-russian',
    says: says(
      either(
        'пользовател|получател|адрес|ящик|абонент',
        'не (?:найден|существует|зарегистрирован)|неизвест|несуществу|нет такого|отключ[её]н|заблокирован(?![оы])',
      ),
      'такого (?:пользователя|адреса|ящика|получателя) нет',
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-chinese',
    says: says(
      either(
        '用户|用戶|收件人|邮箱|郵箱|账号|帐号|帳號|地址',
        '不存在|未找到|找不到|无效|無效|已停用|已注销|未注册|未开通',
      ),
      '(?:无此|無此|没有此|没有这个|查无此)(?:用户|用戶|邮箱|郵箱|收件人|账号|帐号)',
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-japanese',
    says: says(
      either(
        '宛先|ユーザー?|受信者|メールアドレス|アカウント|メールボックス',
        '不明|見つかりません|存在しません|存在しない|登録されていません|無効',
      ),
      '(?:ユーザー|メールアドレス|アカウント|宛先)はありません',
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-korean',
    says: says(either('사용자|수신자|받는 ?사람|계정|메일함|주소', '존재하지|찾을 수 없|없는|없습니다|알 수 없는')),
    verdict: MAILBOX,
  },
];
