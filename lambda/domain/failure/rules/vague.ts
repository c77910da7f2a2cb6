import { LATER, type Rule, SENDER, says } from '../rule.ts';

/** (f) What is left says no or no more than that something broke; still more than a number. */
export const VAGUE_RULES: readonly Rule[] = [
  {
    name: 'refused',
    says: says(
      '\\breject',
      '\\brefus',
      '\\bnot accepted\\b',
      '\\bnot like\\b(?=.{0,20}message)',
      '\\bdeclined\\b',
      '\\bdiscarded\\b',
      '\\bobjection',
    ),
    verdict: SENDER,
  },
  {
    name: 'refused-elsewhere',
    says: says(
      'abgelehnt',
      'verweigert',
      'geweigerd',
      '\\brejet[eé]',
      'rifiutat',
      'rechazad',
      'rejeitad',
      'recusad',
      'odrzucon',
      'odmítnut',
      'reddedildi',
      'отклон[её]н',
      '拒绝',
      '拒絕',
      '拒收',
      '拒否',
      '거부',
      '차단',
    ),
    verdict: SENDER,
  },
  {
    name: 'out-of-order',
    says: says(
      '\\bservice (?:is )?(?:currently )?(?:unavailable|not available)',
      '\\b(?:system|server|internal|local|configuration|transport|database|i\\/o)\\b[^.;!?]{0,20}\\b(?:error|problem|failure|trouble)\\b',
      '\\bsyntax error\\b',
      '\\bbad sequence\\b',
      '\\bnot (?:implemented|recogni[sz]ed)\\b',
      '\\bout of memory\\b',
      '\\bsystem (?:resources|storage)\\b',
    ),
    verdict: LATER,
  },
];
