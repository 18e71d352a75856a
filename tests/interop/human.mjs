// One human with a current client: matrix-js-sdk with its rust crypto, as Element Web uses it.
//
// Reads one JSON order a line on stdin, answers each by its number on stdout, and tells there of every event it sees.
// Nothing is kept on disk: a second process is another device. Decides nothing; tests say what is right.

import process from "node:process";
import readline from "node:readline";

for (const name of ["debug", "log", "info", "warn", "trace"]) console[name] = console.error; // stdout is for answers

// the library is written for Node 22; all that Node 20 lacks of it is this
Promise.withResolvers ??= function () {
    const made = {};
    made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }));
    return made;
};

const sdk = await import("matrix-js-sdk");
const { AllDevicesIsolationMode, OnlySignedDevicesIsolationMode } = await import("matrix-js-sdk/lib/crypto-api/index.js");

const MEGOLM = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
let client;

/** The room, once this client's sync has told it that it is encrypted: what it says sooner leaves in clear. */
async function sealed(room) {
    for (let tries = 0; !(await client.getCrypto().isEncryptionEnabledInRoom(room)); tries += 1) {
        if (tries > 500) throw new Error(`${room} is not encrypted`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return room;
}

const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

/** Told when it comes and again when it is decrypted: the newest telling of an id counts. */
async function see(event) {
    if (!event.getRoomId() || !event.getId() || event.getId().startsWith("~")) return;
    if (event.isBeingDecrypted()) await event.getDecryptionPromise();
    const shield = event.isEncrypted() ? await client.getCrypto().getEncryptionInfoForEvent(event) : null;
    tell({
        seen: {
            id: event.getId(),
            room: event.getRoomId(),
            sender: event.getSender(),
            type: event.getType(),
            content: event.getContent(),
            relation: event.getWireContent()["m.relates_to"] ?? null,
            thread: event.threadRootId ?? null,
            state_key: event.getStateKey() ?? null,
            encrypted: event.isEncrypted(),
            failure: event.decryptionFailureReason,
            shield: shield && { colour: shield.shieldColour, reason: shield.shieldReason },
        },
    });
}

/** Element's way: keys of one's own, kept in secret storage behind a recovery key that other devices are given. */
async function sign(crypto, { password, user, recovery }) {
    await crypto.userHasCrossSigningKeys(user, true); // the public halves first, else a recovery key opens nothing
    const secret = recovery ? null : await crypto.createRecoveryKeyFromPassphrase();
    const authUploadDeviceSigningKeys = (upload) =>
        upload(password ? { type: "m.login.password", identifier: { type: "m.id.user", user }, password } : null);
    await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys });
    if (secret) await crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => secret });
    return secret?.encodedPrivateKey ?? recovery;
}

const orders = {
    async start({ homeserver, user, token, device, password, recovery, signed = true, strict = true }) {
        const { decodeRecoveryKey } = await import("matrix-js-sdk/lib/crypto-api/index.js");
        let held = recovery && decodeRecoveryKey(recovery);
        client = sdk.createClient({
            baseUrl: homeserver,
            userId: user,
            accessToken: token,
            deviceId: device,
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) => (held ? [Object.keys(keys)[0], held] : null),
                cacheSecretStorageKey: (_id, _info, key) => (held = key),
            },
        });
        await client.initRustCrypto({ useIndexedDB: false });
        const crypto = client.getCrypto();
        crypto.setDeviceIsolationMode(
            strict ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(true),
        );
        client.on(sdk.ClientEvent.Event, see);
        client.on(sdk.MatrixEventEvent.Decrypted, see);
        client.on(sdk.ClientEvent.Room, (room) => tell({ room: room.roomId, membership: room.getMyMembership() }));
        client.on(sdk.RoomEvent.MyMembership, (room, membership) => tell({ room: room.roomId, membership }));
        const prepared = new Promise((done) =>
            client.on(sdk.ClientEvent.Sync, (state) => state === "PREPARED" && done()),
        );
        await client.startClient({ initialSyncLimit: 100, threadSupport: true });
        await prepared;
        const key = signed ? await sign(crypto, { password, user, recovery }) : null;
        return { recovery: key ?? null, ready: await crypto.isCrossSigningReady() };
    },

    /** As Element starts a private chat: encrypted from its first event on. */
    async dm({ user }) {
        const made = { preset: "trusted_private_chat", is_direct: true, invite: [user], initial_state: [MEGOLM] };
        return sealed((await client.createRoom(made)).room_id);
    },

    async create({ name, invite = [], encrypted = true }) {
        const initial_state = encrypted ? [MEGOLM] : [];
        const room = (await client.createRoom({ name, preset: "private_chat", invite, initial_state })).room_id;
        return encrypted ? sealed(room) : room;
    },

    join: async ({ room }) => (await client.joinRoom(room)).roomId,

    /** `thread` is the root's id, `reply` the id of what is answered. */
    async say({ room, text, thread = null, reply = null }) {
        const content = { msgtype: "m.text", body: text };
        if (reply) content["m.relates_to"] = { "m.in_reply_to": { event_id: reply } };
        return (await client.sendMessage(room, thread, content)).event_id;
    },

    async edit({ room, event, text }) {
        const fresh = { msgtype: "m.text", body: text };
        const relation = { rel_type: "m.replace", event_id: event };
        const content = { ...fresh, body: `* ${text}`, "m.new_content": fresh, "m.relates_to": relation };
        return (await client.sendMessage(room, content)).event_id;
    },

    async react({ room, event, key }) {
        const relation = { rel_type: "m.annotation", event_id: event, key };
        return (await client.sendEvent(room, "m.reaction", { "m.relates_to": relation })).event_id;
    },

    redact: async ({ room, event }) => (await client.redactEvent(room, event)).event_id,

    /** What this client thinks of somebody: whether their identity changed, and which of their devices they signed. */
    async judge({ user }) {
        const crypto = client.getCrypto();
        const identity = await crypto.getUserVerificationStatus(user);
        const found = (await crypto.getUserDeviceInfo([user], true)).get(user) ?? new Map();
        const devices = {};
        for (const id of found.keys()) {
            devices[id] = (await crypto.getDeviceVerificationStatus(user, id)).signedByOwner;
        }
        return { needsApproval: identity.needsUserApproval, known: await crypto.userHasCrossSigningKeys(user), devices };
    },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
    const { number, order, ...details } = JSON.parse(line);
    orders[order](details).then(
        (answer) => tell({ number, answer: answer ?? null }),
        (error) => tell({ number, error: `${error?.name}: ${error?.message}` }),
    );
}
client?.stopClient();
process.exit(0);
