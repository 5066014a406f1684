import type { TSchema } from 'typebox';
import { Convert, Errors } from 'typebox/value';
import { SlipwayError } from '../../contracts/slipway-error.ts';

type Problem = ReturnType<typeof Errors>[number];

/** Where in the request something is wrong, and what: the text names nothing but schema and place. */
const explain = (part: string, { instancePath, message, params }: Problem): string => {
  const extra = 'additionalProperties' in params ? String(params.additionalProperties) : '';
  return `${part}${instancePath.replaceAll('/', '.')} ${message}${extra === '' ? '' : ` (${extra.slice(0, 50)})`}.`;
};

/**
 * Gives a part of a request as its schema says, with text turned into numbers and booleans where those are wanted.
 * Throws LAUNCH_REQUEST_INVALID.
 */
export const checkPart = (schema: TSchema, part: 'query' | 'body', sent: unknown): unknown => {
  const value = Convert(schema, sent);
  // A key that is too much is reported twice, and only once by its name.
  const problem = Errors(schema, value).find(({ keyword }) => keyword !== 'boolean');
  if (problem === undefined) return value;
  throw new SlipwayError('LAUNCH_REQUEST_INVALID', { message: explain(part, problem) });
};

const neverAsked = (): never => {
  throw new Error('routes have no schemas: checkPart checks requests');
};

/** Keeps fastify from loading libraries of its own for schemas, which are 400 files that nothing else needs. */
export const NO_SCHEMAS = { compilersFactory: { buildValidator: neverAsked, buildSerializer: neverAsked } };
