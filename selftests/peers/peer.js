// SPDX-License-Identifier: GPL-2.0
/*
 * peer.js CASE ADDRESS: a peer of ISO transport class 0, which is the package iso-on-tcp; only what
 * it says and should hear is said here. Listens on, or calls, port 102. Says "ready" when it can be
 * called; status 0 when all that came was as it should be.
 */
'use strict';

const assert = require('assert');
const events = require('events');
const net = require('net');
const iso = require('./iso-on-tcp');

const { CR, CC } = iso.constants.tpdu_type;

function pattern(length) {
	return Buffer.from(Array.from({ length }, (_, i) => 7 * i + Math.floor(i / 251)));
}

/* The next event of this name; an error is one, and nobody passes over it. */
async function next(emitter, name) {
	return (await events.once(emitter, name))[0];
}

/* The next TPDU of this type. */
async function tpdu(peer, type) {
	const message = await next(peer, 'raw-message');

	assert.deepStrictEqual(message.tpkt, { version: 3, reserved: 0 });
	assert.strictEqual(message.type, type);
	return message;
}

async function called(address, options) {
	const server = net.createServer();

	server.listen(102, address, () => console.log('ready'));
	const socket = await next(server, 'connection');
	server.close();
	return new iso.ISOOnTCPClient(socket, options);
}

function call(address, options) {
	return iso.createConnection({ host: address, sourceRef: 0x4321, srcTSAP: 0x0103,
				      dstTSAP: 0x0102, ...options });
}

function check_call(message, size) {
	assert.strictEqual(message.class, 0);
	assert.strictEqual(message.no_flow_control, false);
	assert.strictEqual(message.extended_format, false);
	assert.strictEqual(message.credit, 0);
	assert.strictEqual(message.tpdu_size, size);
	assert.strictEqual(message.srcTSAP, 0x0103);
	assert.strictEqual(message.dstTSAP, 0x0102);
	assert.strictEqual(message.payload.length, 0);
}

const cases = {
	/* A call, records both ways, an end. */
	async confirms(address) {
		const peer = await called(address, { srcTSAP: 0x0103, dstTSAP: 0x0102 });
		let cr, lengths = [];

		cr = await tpdu(peer, CR);
		assert.strictEqual(cr.destination, 0);
		check_call(cr, 2048);
		assert.strictEqual(peer.negotiatedTpduSize, 1024);
		peer.on('raw-message', message => lengths.push(message.payload.length));
		assert.deepStrictEqual((await next(peer, 'message')).payload, pattern(3000));
		peer.write(pattern(1021));
		assert.deepStrictEqual((await next(peer, 'message')).payload, Buffer.from('more'));
		assert.deepStrictEqual(lengths, [1021, 1021, 958, 4]);
		peer.resume();
		await next(peer, 'end');
	},

	/* Whatever is proposed, class 0 is selected. */
	async selects(address) {
		const peer = await called(address, {});
		const cr = await tpdu(peer, CR);

		assert.strictEqual(cr.class, 2);
		assert.strictEqual(cr.no_flow_control, true);
		assert.strictEqual(cr.tpdu_size, 8192);
		peer.write(Buffer.from('hi'));
		peer.resume();
		await next(peer, 'end');
	},

	/* The same, of a call with data, which class 0 does not have: nothing follows. */
	async throws_away(address) {
		const peer = await called(address, {});
		const cr = await tpdu(peer, CR);

		assert.strictEqual(cr.payload.toString(), 'hello');
		await next(peer, 'error');	/* a reset */
	},

	/* Its own way to end: class 0 has no disconnect request, but it sends one. */
	async closes(address) {
		const peer = await called(address, {});

		await tpdu(peer, CR);
		peer.end(Buffer.from('last'));
		peer.resume();
		await next(peer, 'end');
	},

	/* It counts a TPDU's data as its size, and not the head. */
	async sends_large(address) {
		const peer = await called(address, {});

		await tpdu(peer, CR);
		peer.write(pattern(3000));
		peer.resume();
		await next(peer, 'end');
	},

	async calls(address) {
		const peer = call(address, { tpduSize: 512, forceClose: true });
		let cc, lengths = [];

		cc = await tpdu(peer, CC);
		assert.strictEqual(cc.destination, 0x4321);
		check_call(cc, 512);
		assert.strictEqual(peer.negotiatedTpduSize, 512);
		peer.write(pattern(509));
		peer.on('raw-message', message => lengths.push(message.payload.length));
		assert.deepStrictEqual((await next(peer, 'message')).payload, pattern(1200));
		assert.deepStrictEqual(lengths, [509, 509, 182]);
		peer.end();
		await next(peer, 'close');
	},

	async is_refused(address) {
		const peer = call(address, {});
		const error = await next(peer, 'error');

		peer.on('error', () => {});	/* a reset may follow */
		assert.match(error.message, /\[136\]: Connection request refused/);
	},

	async hears_the_end(address) {
		const peer = call(address, {});

		await tpdu(peer, CC);
		peer.resume();
		await next(peer, 'end');
	},
};

cases[process.argv[2]](process.argv[3]).then(() => process.exit(0), error => {
	console.error(error);
	process.exit(1);
});
