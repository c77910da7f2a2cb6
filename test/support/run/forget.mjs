// A reporter, because Jest loads those outside and tells them when a run begins: of `--watch`, several in one process, and what is kept is of the sources as they were.
import kept from './kept.cjs';

export default class Forget {
  onRunStart() {
    kept.clear();
  }
}
