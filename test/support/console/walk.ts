import { expect } from '@jest/globals';
import { fill, type Place, press, reach, textOf } from './place.ts';

/** Everything that can be read, as both the console and its widget must show it; with the keyboard alone. */
export const READS: readonly (readonly [string, (place: Place) => Promise<void>])[] = [
  [
    'the overview says in one glance what lives, what died, and who was suppressed',
    async (place) => {
      await place.open('/');
      const text = await textOf(place.page);
      for (const words of ['Nothing waits', '1 dead letter', 'Processing is on', 'people suppressed', 'news', 'shop'])
        expect(text).toContain(words);
      expect(text).toMatch(/in the last 24 hours: \d+ hard bounces?, 1 complaint, 1 unsubscribe/);
      expect(text).toContain('550 5.1.1 user unknown');
    },
  ],
  [
    'a person is found, and the timeline explained',
    async (place) => {
      await fill(place, 'Find a person', 'ADA@EXAMPLE.COM');
      await press(place, 'Find');
      const text = await textOf(place.page);
      expect(text).toMatch(
        /Gets no mail from us, for ever: the mailbox does not exist\. Generic HMAC reported it on \d/,
      );
      expect(text).toContain('“550 5.1.1 user unknown”');
      expect(text).toMatch(/Hard bounce\s+counts/);
      expect(text).toContain('only lifting it here');
    },
  ],
  [
    'a mail tells its story',
    async (place) => {
      await press(place, 'mail-ada');
      expect(await textOf(place.page)).toMatch(/ada@example\.com\s+bounced/);
      await fill(place, 'Find a person', 'story-1');
      await press(place, 'Find');
      expect(await textOf(place.page)).toMatch(/bea@example\.com\s+delivered, marked as spam/);
    },
  ],
  [
    'a request says what became of it and of each of its events, and is found by its id',
    async (place) => {
      await press(place, 'request');
      const text = await textOf(place.page);
      expect(text).toMatch(/bea@example\.com\s+marked it as spam\s+story-1\s+gets no mail\s+by this event/);
      expect(text).toMatch(/ada@example\.com[^@]+gets no mail/);
      const id = await place.page.$eval('h1 + p', (element) => element.textContent ?? '');
      await fill(place, 'Find a person', id);
      await press(place, 'Find');
      expect(await textOf(place.page)).toMatch(/bea@example\.com\s+marked it as spam/);
    },
  ],
  [
    'the list is filtered by a form',
    async (place) => {
      await press(place, 'List');
      expect(await textOf(place.page)).toContain('ada@example.com');
      await fill(place, 'Reason', 'complaint');
      await press(place, 'Filter');
      const text = await textOf(place.page);
      expect(text).toContain('bea@example.com');
      expect(text).not.toContain('ada@example.com');
    },
  ],
  [
    'what went wrong is filtered by a form',
    async (place) => {
      await press(place, 'Events');
      expect(await textOf(place.page)).toContain('ada@example.com');
      await fill(place, 'Type', 'unsubscribed');
      await press(place, 'Filter');
      const text = await textOf(place.page);
      expect(text).toContain('cy@example.com');
      expect(text).not.toContain('ada@example.com');
    },
  ],
  [
    'dead letters stand by cause',
    async (place) => {
      await press(place, 'Dead letters');
      expect(await textOf(place.page)).toMatch(/1\s+unreadable-message/);
    },
  ],
  [
    'a source says how it is set up',
    async (place) => {
      await press(place, 'Overview');
      await press(place, 'shop');
      expect(await textOf(place.page)).toMatch(/URL to enter at .+\s+http\S+\/webhooks\/v1\/shop/);
    },
  ],
  [
    'times are exact where somebody wants to copy them',
    async (place) => {
      await place.open('/people/ada%40example.com');
      expect(await textOf(place.page)).not.toContain('2026-05-04T10:00:00.000Z');
      await reach(place, 'Exact times');
      await place.enter();
      expect(await textOf(place.page)).toContain('2026-05-04T10:00:00.000Z');
    },
  ],
];
