import type { ProxyVariables } from '../../platform/proxy-variables.ts';
import { createValueHider, hideInData } from './hide-values.ts';
import type { ImageBuilder } from './image-builder.ts';

/** `user:password` of a proxy's address, as it is written there and as it is sent. */
const credentialsOf = (address: string): readonly string[] => {
  const [, written] = /^(?:[a-z]+:\/\/)?([^/@]+)@/i.exec(address) ?? [];
  return written === undefined ? [] : [written, ...written.split(':', 2).slice(1)];
};

/**
 * Builds with the operator's proxies. They are BuildKit's predefined arguments: instructions that run see them as
 * variables, and neither the image nor the name of a cached step has them. Credentials are hidden in what is said.
 */
export const createProxiedBuilder = (builder: ImageBuilder, proxies: ProxyVariables): ImageBuilder => {
  const hide = createValueHider(Object.values(proxies).flatMap(credentialsOf));
  return {
    async *build(request, signal) {
      const run = builder.build({ ...request, buildArgs: { ...proxies, ...request.buildArgs } }, signal);
      try {
        let next = await run.next();
        for (; next.done !== true; next = await run.next()) yield hideInData(next.value, hide);
        return hideInData(next.value, hide);
      } finally {
        await run.return({ ok: true });
      }
    },
  };
};
