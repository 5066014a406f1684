import type { TObject } from 'typebox';
import { OPERATIONS, type Access, type Answer, type Operation } from '../../../contracts/api/operations.ts';
import { ErrorBody } from '../../../contracts/slipway-error.ts';
import { API_PATH } from './api-path.ts';

const SECURITY: Readonly<Record<Access, readonly Record<string, readonly string[]>[]>> = {
  open: [],
  session: [{ session: [] }, { launch: [] }, { admin: [] }],
  admin: [{ admin: [] }],
};

const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', description });

const ERROR = {
  description: 'What went wrong, with its code and what to do next.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

const renderPathParameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const renderQueryParameters = (query: TObject) =>
  Object.entries(query.properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: query.required?.includes(name) ?? false,
    schema,
  }));

const renderAnswer = ({ description, content }: Answer) => ({
  description,
  content: Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [type, { schema: schema ?? { type: 'string' } }]),
  ),
});

const renderOperation = (name: string, operation: Operation) => ({
  operationId: name,
  tags: [operation.tag],
  summary: operation.summary,
  ...(operation.description === undefined ? {} : { description: operation.description }),
  security: SECURITY[operation.access],
  parameters: [
    ...renderPathParameters(operation.path),
    ...(operation.query === undefined ? [] : renderQueryParameters(operation.query)),
  ],
  ...(operation.body === undefined
    ? {}
    : { requestBody: { content: { 'application/json': { schema: operation.body } } } }),
  responses: { [operation.answer.status]: renderAnswer(operation.answer), default: ERROR },
});

const renderPaths = (): Record<string, Record<string, unknown>> => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries<Operation>(OPERATIONS)) {
    const path = (paths[`${API_PATH}${operation.path}`] ??= {});
    path[operation.method] = renderOperation(name, operation);
  }
  return paths;
};

/** The OpenAPI 3.1 document of /api/v1, for tools that make clients of it. */
export const renderOpenApi = (version: string) => ({
  openapi: '3.1.0',
  info: {
    title: 'Slipway',
    version,
    description: 'Launches, sessions and builds of a Slipway server. Every answer may be read by any page (CORS).',
    license: { name: 'BSD-3-Clause', identifier: 'BSD-3-Clause' },
  },
  servers: [{ url: '/' }],
  paths: renderPaths(),
  components: {
    schemas: { Error: ErrorBody },
    securitySchemes: {
      session: bearer('The token of the session, as in its ready event.'),
      launch: bearer('The id of the launch that the session came of.'),
      admin: bearer('The operator’s token, the setting adminToken.'),
    },
  },
});
