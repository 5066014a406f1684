import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Says hello by TCP and UDP at addresses of the network namespace it is started in; to DNS it says one address. */
const [ports = '', answer = '', ...addresses] = process.argv.slice(2);

/** An answer to a DNS question for one IPv4 address: the question again, and the address for it. */
const answerQuestion = (question: Buffer): Buffer => {
  const name = question.subarray(12, question.indexOf(0, 12) + 5);
  const isAddress = name.readUInt16BE(name.length - 4) === 1;
  const header = Buffer.from([0, 0, 0x81, 0x80, 0, 1, 0, isAddress ? 1 : 0, 0, 0, 0, 0]);
  question.copy(header, 0, 0, 2);
  const record = [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...answer.split('.').map(Number)];
  return Buffer.concat([header, name, Buffer.from(isAddress ? record : [])]);
};

const isQuestion = (message: Buffer): boolean => message.length > 16 && message.readUInt16BE(4) === 1;

/** One socket an address: the answer must come from where the question went. */
const listen = (address: string, port: number): void => {
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('hello');
  }).listen(port, address);
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (message, from) => {
    udp.send(isQuestion(message) ? answerQuestion(message) : 'hello', from.port, from.address);
  });
  udp.bind(port, address, () => process.stdout.write('listening\n'));
};

for (const address of addresses) for (const port of ports.split(',')) listen(address, Number(port));
