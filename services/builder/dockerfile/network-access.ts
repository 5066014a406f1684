import { BASE_IMAGE, BUILD_CONTEXT, MOUNTS } from './image-layout.ts';
import { renderExport, type Mount } from './run-instruction.ts';

/** What the operator's network asks of an instruction that reaches it. */
export type NetworkOptions = {
  /** Whether the build context holds certificate authorities to trust. */
  readonly caBundle: boolean;
  /** Whether the build context names a package index instead of the default one. */
  readonly index: boolean;
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

/** The command that names them, where there are any. */
export const exportCertificates = (network: NetworkOptions): readonly string[] => {
  const variables = certificateVariables(network);
  return Object.keys(variables).length === 0 ? [] : [renderExport(variables)];
};

/**
 * Lets one instruction read which index to use. It is a file and no text of the instruction, because instructions are
 * kept in the history of an image and the address may have credentials.
 */
export const indexMounts = ({ index }: NetworkOptions): readonly Mount[] =>
  index ? [{ type: 'bind', source: BUILD_CONTEXT.index, target: MOUNTS.index }] : [];

/** Names the operator's package index to uv and pip. */
export const indexCommands = ({ index }: NetworkOptions): readonly string[] => (index ? [`. ${MOUNTS.index}`] : []);

/** The text of BUILD_CONTEXT.index. */
export const renderIndexScript = (indexUrl: string): string =>
  `${renderExport({ UV_DEFAULT_INDEX: indexUrl, PIP_INDEX_URL: indexUrl })}\n`;
