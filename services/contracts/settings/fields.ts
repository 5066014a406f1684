import { Type } from 'typebox';

/** A text of any content. */
export const text = (value: string, description: string) => Type.String({ default: value, description });
/** An address that instructions are written with, which images keep: one with credentials is refused. */
export const publicAddress = (value: string, description: string) =>
  Type.String({ default: value, pattern: '^[^@\\s]*$', description });
/** A whole number; at least 1 unless other bounds are given. */
export const count = (
  value: number,
  description: string,
  bounds: { minimum?: number; maximum?: number } = { minimum: 1 },
) => Type.Integer({ default: value, description, ...bounds });
/** A group of settings; every member has a default, so the group has. */
export const section = <T extends Parameters<typeof Type.Object>[0]>(properties: T, description: string) =>
  Type.Object(properties, { additionalProperties: false, default: {}, description });
export const port = (value: number, description: string) => count(value, description, { minimum: 0, maximum: 65_535 });

/** The address of a service that is always there; without credentials. */
export const address = (value: string, description: string) =>
  Type.String({ default: value, pattern: '^https?://[^@\\s]+$', description });

export const percent = (description: string) => count(0, description, { minimum: 0, maximum: 100 });
