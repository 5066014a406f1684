/** Who can act on an error: the visitor, the repository's author, or the operator. */
export type Audience = 'visitor' | 'author' | 'operator';

export type ErrorSpec = {
  /** HTTP status of a plain (non-stream) answer, and `status_code` of a `failed` event. */
  readonly status: number;
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retry: boolean;
  readonly audience: Audience;
  /** What happened, in one sentence; a thrower may say it more precisely. */
  readonly message: string;
  /** What to do next, said to the audience. */
  readonly hint: string;
};
