/**
 * Name of the SNS topic that the stack makes for a source. Others find it by this name: its ARN is known only once it is deployed. No stage and
 * no source has an underscore: `a` with `b-c` is never `a-b` with `c`.
 */
export const topicName = (stackName: string, source: string): string => `${stackName}_${source}`;
