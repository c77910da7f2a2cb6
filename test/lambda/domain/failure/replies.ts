import { OTHERS } from './replies-other.ts';
import { PROBED } from './replies-probed.ts';
import { RECEIVERS } from './replies-receivers.ts';
import { SERVERS } from './replies-servers.ts';
import { TRIED } from './replies-tried.ts';
import type { Row } from './reply.ts';

export const REPLIES: readonly Row[] = [...RECEIVERS, ...SERVERS, ...OTHERS, ...TRIED, ...PROBED];
