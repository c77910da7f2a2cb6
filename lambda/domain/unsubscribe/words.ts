import { UNSUBSCRIBE_LANGUAGES, type UnsubscribeConfig, type UnsubscribeTexts } from '../../contract/unsubscribe.ts';

export const DEFAULT_LANGUAGE = UNSUBSCRIBE_LANGUAGES[0];

export const BUILT_IN_WORDS: Readonly<Record<(typeof UNSUBSCRIBE_LANGUAGES)[number], UnsubscribeTexts>> = {
  en: {
    title: 'Unsubscribe',
    ask: 'Unsubscribe?',
    all: 'You will get no more newsletters and offers. Messages that you need, such as receipts, are not affected.',
    list: 'You will no longer get “{list}”. Other messages are not affected.',
    unnamed: 'You will no longer get messages from this list. Other messages are not affected.',
    unsubscribe: 'Unsubscribe',
    left: 'You are unsubscribed',
    leftText: 'It takes effect at once. A message that is already on its way may still arrive.',
    mistake: 'Was that a mistake?',
    resubscribe: 'Subscribe again',
    back: 'You are subscribed again',
    backText: 'You will get these messages as before.',
    already: 'Already unsubscribed, and want to come back?',
    invalid: 'This link does not work',
    invalidText: 'It is incomplete or was changed. Open it again from the message that it came with.',
    later: 'Please try again',
    laterText: 'That did not work just now, and nothing was changed. Try again in a minute.',
    languages: 'Language',
  },
  de: {
    title: 'Abmelden',
    ask: 'Abmelden?',
    all: 'Sie bekommen keine Newsletter und Angebote mehr. Nachrichten, die Sie brauchen, etwa Rechnungen, kommen weiterhin.',
    list: 'Sie bekommen „{list}“ nicht mehr. Andere Nachrichten kommen weiterhin.',
    unnamed: 'Sie bekommen keine Nachrichten dieser Liste mehr. Andere Nachrichten kommen weiterhin.',
    unsubscribe: 'Abmelden',
    left: 'Sie sind abgemeldet',
    leftText: 'Das gilt sofort. Eine Nachricht, die schon unterwegs ist, kann noch ankommen.',
    mistake: 'War das ein Versehen?',
    resubscribe: 'Wieder anmelden',
    back: 'Sie sind wieder angemeldet',
    backText: 'Sie bekommen diese Nachrichten wie zuvor.',
    already: 'Schon abgemeldet, und Sie möchten zurück?',
    invalid: 'Dieser Link funktioniert nicht',
    invalidText:
      'Er ist unvollständig oder wurde verändert. Öffnen Sie ihn noch einmal aus der Nachricht, mit der er kam.',
    later: 'Bitte noch einmal versuchen',
    laterText:
      'Das hat gerade nicht geklappt, und es wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal.',
    languages: 'Sprache',
  },
  fr: {
    title: 'Se désabonner',
    ask: 'Se désabonner ?',
    all: 'Vous ne recevrez plus ni lettres d’information ni offres. Les messages nécessaires, comme les reçus, ne sont pas concernés.',
    list: 'Vous ne recevrez plus « {list} ». Les autres messages ne sont pas concernés.',
    unnamed: 'Vous ne recevrez plus les messages de cette liste. Les autres messages ne sont pas concernés.',
    unsubscribe: 'Se désabonner',
    left: 'Vous êtes désabonné(e)',
    leftText: 'Cela prend effet immédiatement. Un message déjà envoyé peut encore vous parvenir.',
    mistake: 'Était-ce une erreur ?',
    resubscribe: 'Se réabonner',
    back: 'Vous êtes de nouveau abonné(e)',
    backText: 'Vous recevrez ces messages comme auparavant.',
    already: 'Déjà désabonné(e) et vous souhaitez revenir ?',
    invalid: 'Ce lien ne fonctionne pas',
    invalidText: 'Il est incomplet ou a été modifié. Ouvrez-le de nouveau depuis le message qui le contenait.',
    later: 'Veuillez réessayer',
    laterText: 'Cela n’a pas fonctionné, et rien n’a été modifié. Réessayez dans une minute.',
    languages: 'Langue',
  },
  es: {
    title: 'Cancelar la suscripción',
    ask: '¿Cancelar la suscripción?',
    all: 'Ya no recibirá boletines ni ofertas. Los mensajes que necesita, como los recibos, no cambian.',
    list: 'Ya no recibirá «{list}». Los demás mensajes no cambian.',
    unnamed: 'Ya no recibirá mensajes de esta lista. Los demás mensajes no cambian.',
    unsubscribe: 'Cancelar la suscripción',
    left: 'Su suscripción está cancelada',
    leftText: 'Surte efecto de inmediato. Un mensaje ya enviado todavía puede llegarle.',
    mistake: '¿Ha sido un error?',
    resubscribe: 'Volver a suscribirse',
    back: 'Está suscrito de nuevo',
    backText: 'Recibirá estos mensajes como antes.',
    already: '¿Ya canceló la suscripción y quiere volver?',
    invalid: 'Este enlace no funciona',
    invalidText: 'Está incompleto o se ha modificado. Ábralo de nuevo desde el mensaje con el que llegó.',
    later: 'Inténtelo de nuevo',
    laterText: 'No ha funcionado, y no se ha cambiado nada. Inténtelo de nuevo en un minuto.',
    languages: 'Idioma',
  },
  ar: {
    title: 'إلغاء الاشتراك',
    ask: 'هل تريد إلغاء الاشتراك؟',
    all: 'لن تصلك نشرات إخبارية أو عروض بعد الآن. أما الرسائل الضرورية، مثل الإيصالات، فستبقى كما هي.',
    list: 'لن تصلك بعد الآن «{list}». أما الرسائل الأخرى فستبقى كما هي.',
    unnamed: 'لن تصلك رسائل هذه القائمة بعد الآن. أما الرسائل الأخرى فستبقى كما هي.',
    unsubscribe: 'إلغاء الاشتراك',
    left: 'تم إلغاء اشتراكك',
    leftText: 'يسري ذلك فورًا. وقد تصلك رسالة أُرسلت قبل ذلك.',
    mistake: 'هل حدث ذلك عن طريق الخطأ؟',
    resubscribe: 'الاشتراك من جديد',
    back: 'تم اشتراكك من جديد',
    backText: 'ستصلك هذه الرسائل كما في السابق.',
    already: 'هل ألغيت اشتراكك وتريد العودة؟',
    invalid: 'هذا الرابط لا يعمل',
    invalidText: 'الرابط غير كامل أو تم تغييره. افتحه مرة أخرى من الرسالة التي وصل معها.',
    later: 'يرجى المحاولة مرة أخرى',
    laterText: 'لم تنجح المحاولة ولم يتغير شيء. حاول مرة أخرى بعد دقيقة.',
    languages: 'اللغة',
  },
};

/** Scripts that are written from right to left, by the first part of a language's tag. */
const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur', 'ps', 'sd', 'ug', 'yi', 'dv', 'ckb']);
export const directionOf = (language: string): 'rtl' | 'ltr' =>
  RIGHT_TO_LEFT.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';

/** Words of a stage: the built-in ones, with what the settings say otherwise; what a new language leaves out is in English. */
export function wordsOf(texts: UnsubscribeConfig['texts']): ReadonlyMap<string, UnsubscribeTexts> {
  const english = BUILT_IN_WORDS[DEFAULT_LANGUAGE];
  const known = new Map<string, UnsubscribeTexts>(Object.entries(BUILT_IN_WORDS));
  for (const [language, own] of Object.entries(texts))
    known.set(language, { ...english, ...known.get(language), ...own });
  return known;
}
