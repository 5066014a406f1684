import type { TObject, TSchema } from 'typebox';
import { LaunchEvent } from '../../contracts/launch-event.ts';
import { renderTable } from './markdown.ts';

type Facts = {
  readonly type?: string;
  readonly const?: unknown;
  readonly description?: string;
  readonly enum?: unknown;
};

const typeOf = ({ type, const: constant, enum: choices }: Facts): string => {
  if (constant !== undefined) return `\`${JSON.stringify(constant)}\``;
  return choices === undefined ? (type ?? '') : 'error code';
};

const renderKey = (schema: TObject, [key, child]: [string, TSchema]): string[] => {
  const facts = child as Facts;
  const presence = schema.required?.includes(key) ? 'always' : 'sometimes';
  return [`\`${key}\``, typeOf(facts), presence, facts.description ?? ''];
};

const renderEvent = (schema: TObject): string => {
  const { phase } = schema.properties as Record<string, Facts>;
  const rows = Object.entries(schema.properties).map((entry) => renderKey(schema, entry));
  const { description = '' } = schema as Facts;
  return [`## ${String(phase?.const)}`, description, renderTable(['key', 'type', 'present', 'meaning'], rows)].join(
    '\n\n',
  );
};

/** The page of launch events, by phase. */
export const renderEventsPage = (): string => {
  const intro = [
    '# Launch events',
    '`GET /build/<provider>/<spec>` answers with an event stream. Each event is one unnamed `data:` line of JSON with the id `<launch>.<seq>`; a stream that reconnects with `Last-Event-ID` goes on after that event. Comment lines are heartbeats. BinderHub clients read the same stream.',
  ];
  return `${[...intro, ...LaunchEvent.anyOf.map((schema) => renderEvent(schema as TObject))].join('\n\n')}\n`;
};
