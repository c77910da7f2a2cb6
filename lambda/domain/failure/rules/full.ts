import { FULL, type Rule, says } from '../rule.ts';

/** (c) The mailbox is full: somebody lives there and may clear it up. */

const NOT_THE_MAIL = says(
  '\\bmessage (?:size|length)',
  '\\b(?:message|e-?mail|mail|file) (?:is )?too (?:large|big)\\b(?<!writing message: file too large)',
  '\\bmailsize\\b',
  '\\bsystem (?:storage|resources)',
);

export const FULL_RULES: readonly Rule[] = [
  {
    name: 'mailbox-full',
    says: says(
      '\\b(?:mail ?box|inbox|account|quota|storage|disk|maildir|store|folder|depot|space)\\b[^.;!?]{0,50}\\b(?:full|over (?:quota|its)|exceeded|exhausted)\\b',
      '\\bfull (?:mail ?box|inbox)\\b',
    ),
    unless: NOT_THE_MAIL,
    verdict: FULL,
  },
  {
    name: 'quota',
    says: says(
      '\\bover ?-?(?:storage )?quota\\b',
      '\\bquota ?exceeded',
      '\\bexceed\\w{0,3} [^.;!?]{0,30}\\b(?:quota|allocation)\\b',
      '\\bover storage\\b',
      '\\breached (?:its|the|his|her) (?:limit|quota)\\b',
      '\\bexhausted allowed\\b',
      '\\b(?:mail ?box size|storage) (?:over )?limit\\b',
    ),
    unless: NOT_THE_MAIL,
    verdict: FULL,
  },
  {
    name: 'no-space',
    says: says(
      '\\b(?:out of|not enough|insufficient|no|low on) (?:disk |storage |mailbox |free |enough |available |quota |system |more ){0,2}(?:space|storage|room)\\b',
      '\\bspace shortage\\b',
      '\\btoo much mail data\\b',
      '\\btoo many (?:messages|mails) (?:on|in)\\b',
      '\\bcannot update mailbox\\b',
    ),
    unless: NOT_THE_MAIL,
    verdict: FULL,
  },
  {
    name: 'full-german-dutch',
    says: says(
      '\\bpost(?:fach|vak)\\b[^.;!?]{0,40}(?:voll|überfüllt|vol\\b)',
      'speicher(?:platz|volumen)[^.;!?]{0,30}über',
      'zu ?viele mails auf',
    ),
    verdict: FULL,
  },
  { name: 'full-french', says: says('boîte[^.;!?]{0,30}pleine'), verdict: FULL },
  { name: 'full-italian', says: says('casella[^.;!?]{0,20}piena', 'spazio esaurito'), verdict: FULL },
  {
    name: 'full-spanish',
    says: says('(?:buzón|casilla|bandeja)[^.;!?]{0,30}llen[oa]', 'cuota[^.;!?]{0,20}excedida'),
    verdict: FULL,
  },
  {
    name: 'full-portuguese',
    says: says('caixa[^.;!?]{0,30}(?:cheia|lotada)', 'cota[^.;!?]{0,20}excedida'),
    verdict: FULL,
  },
  {
    name: 'full-polish-czech',
    says: says('skrzynk[^.;!?]{0,30}(?:pełna|przepełnion)', 'schránk[^.;!?]{0,20}pln'),
    verdict: FULL,
  },
  { name: 'full-turkish', says: says('kutusu[^.;!?]{0,10}dolu', 'kota[^.;!?]{0,10}aşıl'), verdict: FULL },
  {
    name: 'full-russian',
    says: says('переполнен', '(?:превышен|исчерпан)[^.;!?]{0,20}(?:квот|мест|лимит)'),
    verdict: FULL,
  },
  { name: 'full-chinese', says: says('已满', '已滿', '空间不足', '空間不足', '容量'), verdict: FULL },
  { name: 'full-japanese', says: says('いっぱい'), verdict: FULL },
  { name: 'full-korean', says: says('용량[^.]{0,6}초과', '가득'), verdict: FULL },
];
