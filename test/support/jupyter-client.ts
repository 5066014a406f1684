import { WebSocket } from 'ws';

/** A kernel of a session, reached as programs reach it: through the proxy, with the token. */
export type JupyterKernel = {
  readonly id: string;
  /** Runs code and gives what it printed; errors of the code are thrown. */
  execute(code: string): Promise<string>;
  close(): void;
};

type Message = {
  readonly channel: string;
  readonly parent_header: { readonly msg_id?: string };
  readonly header: { readonly msg_type: string };
  readonly content: {
    readonly text?: string;
    readonly status?: string;
    readonly ename?: string;
    readonly evalue?: string;
  };
};

const makeRequest = (id: string, code: string): string =>
  JSON.stringify({
    channel: 'shell',
    header: {
      msg_id: id,
      msg_type: 'execute_request',
      username: '',
      session: id,
      version: '5.3',
      date: new Date().toISOString(),
    },
    parent_header: {},
    metadata: {},
    content: {
      code,
      silent: false,
      store_history: false,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    },
    buffers: [],
  });

const runCode = (socket: WebSocket, code: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const id = crypto.randomUUID();
    let printed = '';
    const onClose = (): void => reject(new Error(`the socket closed; printed so far: ${printed}`));
    const onMessage = (data: unknown): void => {
      const message = JSON.parse(String(data)) as Message;
      if (message.parent_header.msg_id !== id) return;
      if (message.header.msg_type === 'stream') printed += message.content.text ?? '';
      if (message.header.msg_type !== 'execute_reply') return;
      socket.off('message', onMessage).off('close', onClose);
      if (message.content.status === 'ok') setTimeout(() => resolve(printed), 100);
      else reject(new Error(`${message.content.ename}: ${message.content.evalue}`));
    };
    socket.on('message', onMessage).on('close', onClose);
    socket.send(makeRequest(id, code));
  });

const open = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve).once('error', reject);
  });

/** Connects to a kernel of the session at `url` (which ends with a slash), a new one unless `id` is given. */
export const connectKernel = async (url: string, token: string, id?: string): Promise<JupyterKernel> => {
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  const started = async (): Promise<string> => {
    const response = await fetch(`${url}api/kernels`, { method: 'POST', headers, body: '{"name":"python3"}' });
    if (response.status !== 201) throw new Error(`no kernel: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  };
  const kernel = id ?? (await started());
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}api/kernels/${kernel}/channels?token=${token}`);
  await open(socket);
  return { id: kernel, execute: (code) => runCode(socket, code), close: () => socket.close() };
};
