import { Type, type TSchema } from 'typebox';

/**
 * A table whose keys may be any text. `Type.Record(Type.String(), …)` leaves values unchecked whose keys hold a line
 * break, because its pattern for keys is `^.*$`.
 */
export const Table = <Value extends TSchema>(value: Value) => Type.Record(Type.String({ pattern: '^[^]*$' }), value);
