import { parameters, policies } from './access.ts';
import { alarms, families } from './alarms.ts';
import { api, order, references } from './api.ts';
import { athena, bucket, stream } from './archive.ts';
import { bucketPolicy, calls, queuePolicies, topicPolicies } from './doors.ts';
import { eventSources, schedules, sesRules } from './flow.ts';
import { functions, logGroups } from './functions.ts';
import { names, outputs, queries } from './outputs.ts';
import { language, rolesOfFunctions, trust } from './rights.ts';
import { kept, queues, scaling, secrets, tables } from './storage.ts';
import { subscriptions } from './subscriptions.ts';
import type { Rule } from './view.ts';

/** Relations that hold in every template, whatever the settings. */
export const RELATIONS: Readonly<Record<string, Rule>> = {
  'what is needed is there': references,
  'functions are what they are, and told of the parts that their variables name': functions,
  'every log forgets, and goes with the stack': logGroups,
  'a function may do what its variables and event sources need, and nothing else': rolesOfFunctions,
  'a role is taken on by its own service only': trust,
  'policies are written in the language of 2012': language,
  'policies for others allow what they are for': policies,
  'another stack finds their names': parameters,
  'a queue takes from what brings something to it, over TLS': queuePolicies,
  'a topic takes from its own service in its own account, over TLS': topicPolicies,
  'the bucket is reached over TLS': bucketPolicy,
  'functions are called by what has them as a target': calls,
  'queues and streams lead to their functions': eventSources,
  'what runs by the clock': schedules,
  'SES by EventBridge': sesRules,
  'everybody hears every alarm, and notifications go where their source says': subscriptions,
  'one API, one stage, and the name of the team': api,
  'what must stand first': order,
  'saved queries ask the functions that they are about': queries,
  'an alarm tells everybody, of the metric of its part': alarms,
  'alarms of one heading are alike, and there is one for each that it is about': families,
  'what holds data outlives the stack': kept,
  'queues keep for two weeks what waits longer than its consumer may take': queues,
  'secrets are made empty': secrets,
  'tables have the keys and the indexes of the contract': tables,
  'what is provisioned follows its use': scaling,
  'the bucket is closed, and forgets': bucket,
  'Firehose writes where the archive is read': stream,
  'Athena reads where Firehose writes': athena,
  'outputs lead to the parts that they name': outputs,
  'names of the contract': names,
};
