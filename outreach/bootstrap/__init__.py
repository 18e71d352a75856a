"""The only place that joins ports to adapters, and services to each other. Holds no rule of its own."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from outreach.adapters.fediverse import FediverseGateway
from outreach.adapters.fediverse.reports import FediverseReports
from outreach.adapters.matrix import MatrixGateway
from outreach.adapters.matrix.reports import MatrixReports
from outreach.adapters.pictures import Redrawer
from outreach.adapters.rendering import Letters
from outreach.adapters.storage import Database, keeping, rotation
from outreach.adapters.vault import KeyFile, Vault, ensure, parse_master_key
from outreach.bootstrap.chance import SystemChance, SystemClock, words
from outreach.config import Config, Secrets, places
from outreach.domain.identity import Account, Platform
from outreach.ports import Chance, Clock, Gateway, Piece, Renderer, ReportSource, Witness
from outreach.ports.store import Store
from outreach.services.agenda import Agenda
from outreach.services.casebook import Casebook
from outreach.services.casework import Casework
from outreach.services.delivery import Delivery
from outreach.services.desk import Desk, ReadCommand
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.commanding import MemberCommands
from outreach.services.dialogue.confirming import Confirming
from outreach.services.dialogue.drafting import Drafting
from outreach.services.dialogue.guarding import Guards
from outreach.services.dialogue.matters import Matters
from outreach.services.dialogue.member import MemberDialogue
from outreach.services.dialogue.recipient import RecipientDialogue
from outreach.services.dialogue.telling import Telling
from outreach.services.errands import Errands
from outreach.services.intake import Intake
from outreach.services.noticeboard import Noticeboard
from outreach.services.picturing import Picturing
from outreach.services.pump import Pump
from outreach.services.reporting import Reporting
from outreach.services.retention import Retention
from outreach.services.settings import Branch, Settings, StaffPerson
from outreach.services.timekeeping import Timekeeping
from outreach.services.witnessing import Witnessing

#: Under this name the store remembers the bot's one Matrix device.
MATRIX_DEVICE = "matrix_device"


@dataclass(frozen=True, slots=True)
class World:
    """What differs between a running bot and a test: time and chance."""

    clock: Clock
    chance: Chance
    entropy: Callable[[int], bytes] = os.urandom


def real_world() -> World:
    """The machine's clock and randomness."""
    return World(SystemClock(), SystemChance())


def open_keyring(config: Config, secrets: Secrets, world: World, *, database_filled: bool) -> KeyFile:
    """The keyring, made where neither it nor a filled database exists. Raises the vault's named failures."""
    key = parse_master_key(secrets.master_key.reveal())
    return ensure(config.keyring_path, key, world.entropy, _today(world), database_filled=database_filled)


def _today(world: World) -> date:
    return world.clock.now().date()


def open_database(config: Config, keyring: KeyFile) -> Database:
    """The store, sealed with this keyring."""
    return Database(config.store.url, Vault(keyring))


def make_upkeep(database: Database, keyring: KeyFile, world: World) -> Callable[[], Awaitable[None]]:
    """What is done now and then beside the work: weekly keys (F5), old rows."""
    vault = Vault(keyring)

    def work() -> None:
        today = _today(world)
        keeping.tidy(database, today)
        if vault.rotation_due(today):
            rotation.rotate(database, vault, today)
            keeping.sweep(database)

    async def tend() -> None:
        await database.on_writer(work)

    return tend


def make_letters(config: Config) -> Letters:
    """The renderer with what the configuration says of the community."""
    helplines = {str(code): str(number) for code, number in dict(config.community.crisis).items()}
    ambient = {
        "community": str(config.name),
        "contact": str(config.contact),
        "crisis": next(iter(helplines.values()), ""),
        "bot": str(config.matrix.user).removeprefix("@"),
        "prefix": str(config.matrix.command_prefix),
        "reveal": "1" if config.outreach.reveal else "",
        "backups": str(int(config.retention.backups.total_seconds())),
    } | {f"crisis.{code}": number for code, number in helplines.items()}
    zone = str(config.community.timezone)
    return Letters(places.templates(), places.locales(), spoken(config), ambient, zone, config.profile)


@dataclass(frozen=True, slots=True)
class StoreKeep:
    """The `Keep` port: an adapter's pieces in the one store."""

    store: Store
    source: str

    async def pieces(self) -> Sequence[Piece]:
        """All that is kept."""
        return await self.store.transact(lambda tx: tx.pieces.all(self.source))

    async def save(self, pieces: Sequence[Piece]) -> None:
        """Keep these as well."""
        await self.store.transact(lambda tx: tx.pieces.save(self.source, pieces))


class NothingKept:
    """The `Keep` port before there is a store: only for looking."""

    async def pieces(self) -> Sequence[Piece]:
        """Nothing."""
        return ()

    async def save(self, pieces: Sequence[Piece]) -> None:
        """Whoever looks changes nothing."""
        raise NotImplementedError


def make_gateways(
    config: Config, secrets: Secrets, world: World, device: str, store: Store | None = None
) -> dict[Platform, Gateway]:
    """The bot's accounts, not opened yet. Without a store they can only be looked at (`examine`)."""
    keep = StoreKeep(store, str(Platform.MATRIX)) if store is not None else NothingKept()
    gateways: dict[Platform, Gateway] = {
        Platform.MATRIX: MatrixGateway(
            homeserver=str(config.matrix.homeserver),
            user=str(config.matrix.user),
            clock=world.clock,
            token=secrets.matrix_token.reveal() if secrets.matrix_token else "",
            password=secrets.matrix_password.reveal() if secrets.matrix_password else "",
            device=device,
            community_rooms=[*map(str, config.matrix.community_rooms)],
            keep=keep if config.matrix.encryption else None,
            entropy=world.entropy,
            sealed_staff=config.matrix.trust == "cross-signed",
        )
    }
    if config.fediverse is not None and secrets.fediverse_token is not None:
        gateways[Platform.FEDIVERSE] = FediverseGateway(
            str(config.fediverse.server),
            secrets.fediverse_token.reveal(),
            world.clock,
            media=str(config.fediverse.media or ""),
            poll_every=config.fediverse.poll_every.total_seconds(),
        )
    return gateways


def make_report_sources(config: Config, secrets: Secrets, world: World) -> list[ReportSource]:
    """The lists of reports that are to be read, not opened yet."""
    sources: list[ReportSource] = []
    if config.matrix.synapse_admin and secrets.matrix_admin_token is not None:
        sources.append(
            MatrixReports(
                str(config.matrix.homeserver),
                secrets.matrix_admin_token.reveal(),
                str(config.matrix.user),
                [*map(str, config.matrix.community_rooms)],
            )
        )
    wanted = config.fediverse is not None and config.fediverse.reports is not False
    if wanted and config.fediverse is not None and secrets.fediverse_staff_token is not None:
        server, token = str(config.fediverse.server), secrets.fediverse_staff_token.reveal()
        sources.append(FediverseReports(server, token, world.clock))
    return sources


def spoken(config: Config) -> tuple[str, ...]:
    """All languages of a community, those of its branches last; the first is the fallback."""
    branches = (language for branch in config.branches.values() for language in branch.languages)
    return tuple(dict.fromkeys(map(str, (*config.community.languages, *branches))))


def make_settings(config: Config, gateways: Mapping[Platform, Gateway]) -> Settings:
    """The community as services see it; the gateways have to be open, since they know the bot's own accounts."""
    mine = [gateway.me for gateway in gateways.values()]
    return Settings(
        profile=config.profile,
        policy=config.outreach_policy(),
        languages=spoken(config),
        hosts=frozenset(_host(account) for account in mine) | _named_hosts(config),
        staff_room=str(config.matrix.staff_room),
        alternate_room=str(config.matrix.alternate_room or ""),
        community_rooms=frozenset(map(str, config.matrix.community_rooms)),
        staff=tuple(_staff(config, mine)),
        branches=tuple(
            Branch(name, tuple(map(str, one.languages)), str(one.staff_room or ""), one.opted_out)
            for name, one in config.branches.items()
        ),
        bots=frozenset(account.key for account in mine),
        encryption=bool(config.matrix.encryption),
        signed_only=config.matrix.trust == "cross-signed",
        prefix=str(config.matrix.command_prefix),
        zone=config.community.timezone,
        reports_every=config.reports.poll_every.total_seconds(),
        enrol_after=config.policy.enrol_after,
        digest_at=config.reports.digest_at,
    )


def _host(account: Account) -> str:
    mark = ":" if account.platform is Platform.MATRIX else "@"
    return account.address.partition(mark)[2].lower()


def _named_hosts(config: Config) -> frozenset[str]:
    return frozenset({config.fediverse.server.partition("://")[2].lower()} if config.fediverse else ())


def _staff(config: Config, mine: list[Account]) -> list[StaffPerson]:
    host = next((_host(account) for account in mine if account.platform is Platform.FEDIVERSE), "")
    return [StaffPerson(str(one.matrix or ""), _full(one.fediverse, host), one.owner) for one in config.staff]


def _full(name: str, host: str) -> str:
    name = name.lstrip("@").lower()
    return f"{name}@{host}" if name and host and "@" not in name else name


def make_pump(
    settings: Settings,
    store: Store,
    gateways: Mapping[Platform, Gateway],
    renderer: Renderer,
    world: World,
    read_command: ReadCommand,
    tend: Callable[[], Awaitable[None]] | None = None,
    sources: Sequence[ReportSource] = (),
) -> Pump:
    """All services, joined."""
    clock, chance = world.clock, world.chance
    casebook = Casebook(settings)
    casework = Casework(settings, clock, chance, casebook)
    answers, matters = Answers(settings, clock, chance), Matters(casebook)
    drafting = Drafting(settings, answers, casework, renderer, Guards(settings))
    confirming = Confirming(settings, answers, casework, matters)
    reporting = Reporting(settings, clock, chance, casework, renderer)
    telling = Telling(settings, answers, drafting, matters, reporting)
    commands = MemberCommands(settings, renderer, answers, drafting, confirming, matters, telling)
    members = MemberDialogue(settings, renderer, answers, drafting, confirming, matters, commands, telling)
    recipients = RecipientDialogue(settings, renderer, answers, casework, reporting)
    desk = Desk(settings, clock, chance, casework, read_command, renderer, reporting)
    witnessing = Witnessing(store, _witnesses(gateways, sources), casework)
    pictures = Picturing(store, gateways, Redrawer(), casework, clock)
    return Pump(
        store=store,
        gateways=gateways,
        intake=Intake(settings, chance, answers, members, recipients, desk, reporting),
        delivery=Delivery(store, gateways, renderer, casework, settings, clock, chance),
        errands=Errands(store, gateways, casework, drafting, telling, witnessing, pictures, desk, settings, clock),
        timekeeping=Timekeeping(store, clock, casework, answers, Retention(clock)),
        desk=desk,
        noticeboard=Noticeboard(store, gateways, Agenda(casebook), settings, clock, chance),
        settings=settings,
        clock=clock,
        tend=tend,
        sources=sources,
    )


def _witnesses(gateways: Mapping[Platform, Gateway], sources: Sequence[ReportSource]) -> dict[Platform, Witness]:
    """Of the fediverse the bot's own account, which sees what anybody may; of Matrix whoever reads the reports."""
    found = {one.platform: one for one in sources if isinstance(one, MatrixReports)}
    fediverse = gateways.get(Platform.FEDIVERSE)
    witnesses: dict[Platform, Witness] = {**found}
    if isinstance(fediverse, FediverseGateway):
        witnesses[Platform.FEDIVERSE] = fediverse
    return witnesses


__all__ = [
    "MATRIX_DEVICE",
    "StoreKeep",
    "World",
    "make_gateways",
    "make_letters",
    "make_pump",
    "make_report_sources",
    "make_settings",
    "make_upkeep",
    "open_database",
    "open_keyring",
    "real_world",
    "words",
]
