import type { StagedFile } from '../../contracts/build-plan.ts';
import type { BuildOptions } from '../builder-parts.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import { renderIndexScript, type NetworkOptions } from '../dockerfile/network-access.ts';
import type { TarPart } from '../image/content-tar.ts';

/** Path of the Dockerfile in the contexts that are made here. */
export const DOCKERFILE = 'Dockerfile';

const text = (path: string, content: string): TarPart => ({ kind: 'text', path, text: content });

export type ContextFiles = {
  readonly dockerfile: string;
  /** What installations read, below BUILD_CONTEXT.staged. */
  readonly staged: readonly StagedFile[];
  /** Our own programs and what they are asked, by their paths in the context. */
  readonly own: readonly StagedFile[];
};

/** What the builds of our own Dockerfiles read, beside the content of the commit. */
export const makeContext = (
  { dockerfile, staged, own }: ContextFiles,
  { caBundle, indexUrl }: BuildOptions,
): TarPart[] => [
  text(DOCKERFILE, dockerfile),
  ...staged.map((file) => text(`${BUILD_CONTEXT.staged}/${file.path}`, file.text)),
  ...own.map((file) => text(file.path, file.text)),
  ...(caBundle === undefined ? [] : [text(BUILD_CONTEXT.caBundle, caBundle)]),
  ...(indexUrl === '' ? [] : [text(BUILD_CONTEXT.index, renderIndexScript(indexUrl))]),
];

export const networkOf = ({ caBundle, indexUrl }: BuildOptions): NetworkOptions => ({
  caBundle: caBundle !== undefined,
  index: indexUrl !== '',
});
