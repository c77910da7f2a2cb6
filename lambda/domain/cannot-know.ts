/** The question has no answer right now: nothing reachable, no rights, nothing to compare with. `message` is for people and quotes no secret. */
export class CannotKnow extends Error {
  override readonly name = 'CannotKnow';
}
