import { availableParallelism } from 'node:os';
import type { Everything } from '../run/all.ts';
import { EFFORT } from '../run/rounds.ts';
import { console, contents, endToEnd, held, notes, process as ofProcess, receive, start } from './tables.ts';
import { markdown } from './text.ts';

/** docs/performance.md. */
export const performanceDoc = (everything: Everything): string =>
  `# Performance

Written by \`npm run bench -- --write-docs\`; the last run had ${availableParallelism()} cores and Node ${process.version}. Nothing here ran on AWS: times are for
comparing with each other, not with a clock. Calls, bytes, chunks and write units are exact.

${markdown(held(everything))}

## How it is measured

- CPU time is that of a process that runs the very bundle a deploy uploads, with every provider in it, against a server in another process that says
  yes to everything. One invocation at a time, as in Lambda.
- What is compared takes turns, A B B A, in a set of fresh processes, and is divided set by set: two processes of the same code differ by a tenth.
  Shown are the median and, in brackets, the quartiles of ${EFFORT.sets} sets.
- Floor and peers are written as one would write them with care, in \`bench/peers\`: bare clients, connections kept alive, 25 requests in flight,
  bundled with the same options. The peers of \`process\` read, normalise and judge with our own code; only the way of recording differs.
- The mix: of 100 events 60 delivered, 25 opened, 10 clicked, 3 accepted or deferred, 2 that change suppression, each for another recipient.

## receive

The floor verifies the signature, parses the body and sends it as one message, with the SDK's client as it comes, under the same limits; it does not check
the body, split it, or answer for what is wrong. Ours has the client leave texts to the engine (\`lambda/aws/written-by-engine.ts\`), which makes up for
that; the second ratio is to a floor that does so too.
Beyond 1 MiB it could not even send.

${markdown(receive(everything))}

## process

${markdown(ofProcess(everything))}

The floor is given the very requests that ours makes of each batch, as its SDK client takes them, and sends them with the same client: what ours takes beside it
is reading, normalising, judging and building. The library calls twice per event; the third is the event itself. "Write units" are by
formula from the requests, "consumed" is what the emulator says; both with
the suppression writes. Full batches of ten messages need fewer calls: one read and one write of the list for all of them.

## End to end

On the local stack emulators, functions and the one who posts share the cores, and the emulated table is the slowest of them: this shows that nothing stalls, not what AWS does.
A complaint waits behind what came before it, so amid a flood its time is the backlog divided by the rate.

${markdown(endToEnd(everything))}

## Console

From the request to the last byte of the page, on the local stack: a day of ${everything.console.events.toLocaleString('en')} events that suppressed ${everything.console.suppressed.toLocaleString('en')} people.

${markdown(console(everything))}

## Start

Loading is most of a cold start. In fresh processes, over an empty module.

${markdown(start(everything))}

${markdown(contents(everything))}

What brought it there: ES modules before CommonJS; minified CommonJS out; the SDK's search for credentials, its instance metadata client and its event streams replaced by
stubs; only the providers that are configured, and of the core only what is used; bare clients; no tracer, no parser of schemas beyond valibot.

## In words

${notes(everything)
  .map((note) => `- ${note}`)
  .join('\n')}
`;
