import { Logger } from '@aws-lambda-powertools/logger';
import { jest } from '@jest/globals';

/** What functions say in their log, of which tests hear nothing else: level, message and facts of each line. Until mocks are restored. */
export function listenToLog(): readonly (readonly [level: string, message: unknown, facts: unknown])[] {
  const said: [string, unknown, unknown][] = [];
  for (const level of ['info', 'warn', 'error'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation((...[message, facts]: readonly unknown[]) => {
      said.push([level, message, facts]);
    });
  return said;
}
