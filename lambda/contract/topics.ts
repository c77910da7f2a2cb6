/** Name of the SNS topic that the stack makes for a source. Others find it by this name: its ARN is known only once it is deployed. */
export const topicName = (stackName: string, source: string): string => `${stackName}-${source}`;
