import type { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addPageHeaders } from './headers.ts';

/** What a page is told in its head: a value of letters, digits and `._-`, by name. */
export type PageFacts = Readonly<Record<string, string>>;

export type SendPage = (reply: FastifyReply, status: number, facts?: PageFacts) => Promise<FastifyReply>;

const renderFacts = (facts: PageFacts): string =>
  Object.entries(facts)
    .map(([name, value]) => `<meta name="${name}" content="${value.replaceAll(/[^\w.-]/g, '')}" />`)
    .join('');

/** Makes the answer that is a page: one file for all addresses, whose script shows what the address asks for. */
export const createPage =
  (webDist: string): SendPage =>
  async (reply, status, facts = {}) => {
    const page = await readFile(join(webDist, 'index.html'), 'utf8');
    return addPageHeaders(reply)
      .code(status)
      .send(page.replace('<head>', () => `<head>${renderFacts(facts)}`));
  };
