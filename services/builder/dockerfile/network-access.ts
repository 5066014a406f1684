import { BASE_IMAGE, BUILD_CONTEXT } from './image-layout.ts';
import type { Mount } from './run-instruction.ts';

/** What the operator's network asks of an instruction that reaches it. */
export type NetworkOptions = {
  /** Whether the build context holds certificate authorities to trust. */
  readonly caBundle: boolean;
  /** A package index instead of the default one; '' for none. */
  readonly indexUrl: string;
};

/** Puts the authorities where programs look for them, for one instruction; nothing of it stays in the image. */
export const certificateMounts = ({ caBundle }: NetworkOptions): readonly Mount[] =>
  caBundle ? [{ type: 'bind', source: BUILD_CONTEXT.caBundle, target: BASE_IMAGE.certificates }] : [];

/** Names the authorities to programs that bring their own list otherwise. */
export const certificateVariables = ({ caBundle }: NetworkOptions): Readonly<Record<string, string>> => {
  if (!caBundle) return {};
  const names = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(names.map((name) => [name, BASE_IMAGE.certificates]));
};

/** Names the operator's package index to uv and pip. */
export const indexVariables = ({ indexUrl }: NetworkOptions): Readonly<Record<string, string>> =>
  indexUrl === '' ? {} : { UV_DEFAULT_INDEX: indexUrl, PIP_INDEX_URL: indexUrl };
