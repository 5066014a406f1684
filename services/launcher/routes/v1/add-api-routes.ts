import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OPERATIONS, type Operation, type OperationName } from '../../../contracts/api/operations.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import { checkPart } from '../../http/check-request.ts';
import { requireAdmin, requireSession } from './access.ts';
import { API_PATH } from './api-path.ts';
import type { ApiParts, ApiRequest, Handler, Handlers } from './api-parts.ts';
import { createBuildHandlers } from './build-handlers.ts';
import { createLaunchHandlers } from './launch-handlers.ts';
import { renderOpenApi } from './render-openapi.ts';
import { createSessionHandlers } from './session-handlers.ts';
import { createWaitingHandlers } from './waiting-handlers.ts';

const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH'] as const;
const BODY_LIMIT = 64 * 1024;

const checkAccess = async (operation: Operation, request: ApiRequest, parts: ApiParts): Promise<void> => {
  if (operation.access === 'admin') requireAdmin(request, parts);
  if (operation.access === 'session') await requireSession(request, parts);
};

const makeUrl = (path: string): string => `${API_PATH}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;

const checkRequest = ({ query, body }: Operation, request: FastifyRequest): void => {
  if (query !== undefined) request.query = checkPart(query, 'query', request.query);
  if (body !== undefined) request.body = checkPart(body, 'body', request.body);
};

type Route = { readonly operation: Operation; readonly handler: Handler; readonly parts: ApiParts };

const addOperation = (app: FastifyInstance, { operation, handler, parts }: Route): void => {
  app.route({
    method: operation.method.toUpperCase(),
    url: makeUrl(operation.path),
    bodyLimit: BODY_LIMIT,
    onRequest: async (request) => checkAccess(operation, request as ApiRequest, parts),
    preHandler: async (request) => checkRequest(operation, request),
    handler: (request, reply) => handler(request as ApiRequest, reply),
  });
};

/** Says which methods an address knows, instead of that there is no such address. */
const refuseOtherMethods = (app: FastifyInstance, path: string): void => {
  const known = Object.values<Operation>(OPERATIONS)
    .filter((operation) => operation.path === path)
    .map(({ method }) => method.toUpperCase());
  app.route({
    method: METHODS.filter((method) => !known.includes(method)),
    url: makeUrl(path),
    onRequest: async (_request, reply) => {
      reply.header('allow', [...known, 'OPTIONS'].join(', '));
      throw new SlipwayError('LAUNCH_METHOD_INVALID');
    },
    handler: async () => undefined,
  });
};

/** `/api/v1` and its OpenAPI document. */
export const addApiRoutes = (app: FastifyInstance, parts: ApiParts): void => {
  const handlers: Handlers = {
    ...createLaunchHandlers(parts),
    ...createSessionHandlers(parts),
    ...createBuildHandlers(parts),
    ...createWaitingHandlers(parts),
  };
  for (const [name, operation] of Object.entries<Operation>(OPERATIONS))
    addOperation(app, { operation, handler: handlers[name as OperationName], parts });
  for (const path of new Set(Object.values<Operation>(OPERATIONS).map((operation) => operation.path)))
    refuseOtherMethods(app, path);
  const document = renderOpenApi(parts.version);
  app.get(`${API_PATH}/openapi.json`, async () => document);
};
