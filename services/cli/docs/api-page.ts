import type { TObject, TSchema } from 'typebox';
import { OPERATIONS, type Access, type Operation } from '../../contracts/api/operations.ts';
import { API_PATH } from '../../launcher/routes/v1/api-path.ts';
import { renderTable } from './markdown.ts';

type Facts = { readonly type?: string; readonly const?: unknown; readonly description?: string };

const ACCESS: Readonly<Record<Access, string>> = {
  open: '',
  session: 'Needs the token of the session, the id of its launch, or the operator’s token.',
  admin: 'Needs the operator’s token.',
};

const renderFields = (schema: TSchema): string => {
  const { properties, required } = schema as Partial<TObject>;
  const rows = Object.entries(properties ?? {}).map(([name, field]) => {
    const { type, const: constant, description = '' } = field as Facts;
    const kind = constant === undefined ? (type ?? '') : `\`${JSON.stringify(constant)}\``;
    return [`\`${name}\``, kind, required?.includes(name) === true ? 'always' : 'sometimes', description];
  });
  return renderTable(['key', 'type', 'present', 'meaning'], rows);
};

/** A table for each form that a value may have. */
const renderSchema = (schema: TSchema): string[] => {
  const forms = (schema as { readonly anyOf?: readonly TSchema[] }).anyOf ?? [schema];
  return forms.filter((form) => 'properties' in form).map(renderFields);
};

/** The fields of a body, then those of each form that one of them may have. */
const renderBody = (body: TSchema): string[] => {
  const { properties } = body as Partial<TObject>;
  const nested = Object.entries(properties ?? {}).filter(([, field]) => 'anyOf' in field);
  return [
    'In the body, as JSON:',
    renderFields(body),
    ...nested.flatMap(([name, field]) => [`\`${name}\` is one of these:`, ...renderSchema(field)]),
  ];
};

const renderAnswer = ({ answer }: Operation): string[] => [
  `Answers ${answer.status}, ${Object.keys(answer.content)
    .map((type) => `\`${type}\``)
    .join(' or ')}: ${answer.description}`,
  ...Object.values(answer.content).flatMap((schema) => (schema === undefined ? [] : renderSchema(schema))),
];

const renderOperation = (operation: Operation): string =>
  [
    `### ${operation.method.toUpperCase()} ${API_PATH}${operation.path}`,
    [`${operation.summary}.`, operation.description ?? '', ACCESS[operation.access]].filter(Boolean).join(' '),
    ...(operation.query === undefined ? [] : ['In the query:', renderFields(operation.query)]),
    ...(operation.body === undefined ? [] : renderBody(operation.body)),
    ...renderAnswer(operation),
  ].join('\n\n');

/** The page of /api/v1, operation by operation. */
export const renderApiPage = (): string => {
  const operations = Object.values<Operation>(OPERATIONS);
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const intro = [
    '# API',
    'The same as OpenAPI 3.1: `GET /api/v1/openapi.json`. Credentials are sent as `Authorization: Bearer <token>`. What goes wrong is answered as JSON with `code`, `message`, `hint`, `status` and `retry`: [all codes](errors.md). Any page may read every answer.',
  ];
  const parts = tags.flatMap((tag) => [
    `## ${tag[0]?.toUpperCase()}${tag.slice(1)}`,
    ...operations.filter((operation) => operation.tag === tag).map(renderOperation),
  ]);
  return `${[...intro, ...parts].join('\n\n')}\n`;
};
