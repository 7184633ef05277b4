"""Keeps one Optuna study for a process of affectlab that trains: JSON lines in, JSON lines out.

Started by src/training/search/optuna-process.ts, once for each worker of `affectlab search`; it lives as long as its
standard input. A request is an object with `op`, an answer is its result or `{"error": {"problem", "remedy"}}`. One
trial at a time belongs to a worker. A worker that ends, in whatever way, gives its trial back: a copy of it waits in
the study for whoever asks next (Optuna's RetryHeartbeatStaleTrialCallback), with what it has reported. On this machine
that is noticed by the closed input or the dead process, of other machines by the heartbeat.
"""

from __future__ import annotations

import contextlib
import copy
import fcntl
import hashlib
import json
import os
import socket
import sys
import threading
import time
import warnings

HEARTBEAT_SECONDS = 15
GRACE_SECONDS = 120
# Several workers open an SQLite file at once: whoever comes second waits.
SQLITE_WAIT_SECONDS = 120
TRIES = 20


class Refusal(Exception):
    """What is wrong and what to do, for the person at the command."""

    def __init__(self, problem: str, remedy: str):
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


try:
    import optuna
    import sqlalchemy
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
    from optuna.samplers import BaseSampler, TPESampler
    from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback, fail_stale_trials
    from optuna.trial import TrialState
except ImportError as error:
    absent = f"{error}"
    print(json.dumps({"error": {
        "problem": f"The Python environment lacks what a search needs: {absent}.",
        "remedy": "Run npm start: it installs what environment.yml lists.",
    }}), flush=True)
    sys.exit(1)

queue_again = RetryHeartbeatStaleTrialCallback(inherit_intermediate_values=True)


def try_again(study, trial) -> None:
    """Queues a copy of a trial with its settings and what was reported of it, and without its owner."""
    free = copy.deepcopy(trial)
    free.user_attrs = {key: value for key, value in trial.user_attrs.items() if key != "owner"}
    queue_again(study, free)


class PlacedSampler(BaseSampler):
    """TPE whose random numbers depend on the seed and on a trial's place in the study, not on which process asks.

    So a search that was interrupted goes on with the settings it would have had, and workers that start together do
    not draw the same ones.
    """

    def __init__(self, seed: int):
        self.seed = seed
        self.inner = TPESampler(seed=seed, multivariate=True, constant_liar=True)

    def before_trial(self, study, trial):
        digest = hashlib.sha256(f"{self.seed} {place_of(study, trial.number)}".encode()).digest()
        self.inner = TPESampler(
            seed=int.from_bytes(digest[:4], "big"), multivariate=True, constant_liar=True
        )

    def infer_relative_search_space(self, study, trial):
        return self.inner.infer_relative_search_space(study, trial)

    def sample_relative(self, study, trial, search_space):
        return self.inner.sample_relative(study, trial, search_space)

    def sample_independent(self, study, trial, param_name, param_distribution):
        return self.inner.sample_independent(study, trial, param_name, param_distribution)


def place_of(study, number: int) -> int:
    """How many trials come before this one, those that were given back not counted."""
    trials = study.get_trials(deepcopy=False)
    return sum(trial.state != TrialState.FAIL and trial.number < number for trial in trials)


class Worker:
    """One study and the trial that this process has of it."""

    def __init__(self):
        self.study = None
        self.lock = None
        self.distributions = {}
        self.trial = None
        self.beat: threading.Event | None = None

    def open(self, storage: str, name: str, seed: int, settings: dict, first: dict, warmup: int):
        """Opens the study, or makes it with `first` as its first trial."""
        self.distributions = {path: distribution_of(form) for path, form in settings.items()}
        database = open_storage(storage)
        self.lock = lock_beside(storage)
        sampler = PlacedSampler(seed)
        # Until five trials are whole nothing is pruned, nor is a trial before its warm-up.
        pruner = optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=warmup)
        how = {"study_name": name, "storage": database, "sampler": sampler, "pruner": pruner}
        try:
            self.study = optuna.create_study(direction="maximize", **how)
            self.study.enqueue_trial(first)
        except optuna.exceptions.DuplicatedStudyError:
            self.study = optuna.load_study(**how)
        return {}

    def ask(self, trials: int):
        """A trial to run, or how many others are still running when the study has enough of them."""
        with alone(self.lock):
            return self.ask_alone(trials)

    def ask_alone(self, trials: int):
        self.take_back_abandoned()
        while True:
            counted = [one for one in self.study.get_trials(deepcopy=False) if one.state != TrialState.FAIL]
            waiting = sum(one.state == TrialState.WAITING for one in counted)
            if len(counted) >= trials and waiting == 0:
                return {"trial": None, "running": sum(one.state == TrialState.RUNNING for one in counted)}
            trial = self.study.ask(self.distributions)
            # Two workers may have seen room for one: whoever is beyond the number steps back.
            if place_of(self.study, trial.number) < trials:
                break
            self.study.tell(trial, state=TrialState.FAIL)
            if waiting > 0:
                time.sleep(0.2)
        trial.set_user_attr("owner", {"host": socket.gethostname(), "pid": os.getpid()})
        self.trial = trial
        self.start_beating()
        reported = self.study._storage.get_trial(trial._trial_id).intermediate_values
        place = place_of(self.study, trial.number)
        return {"trial": place + 1, "settings": trial.params, "reported": sorted(reported)}

    def note(self, run: str):
        """Notes which run of the store the trial is."""
        if self.trial is not None:
            self.trial.set_user_attr("run", run)
        return {}

    def report(self, epoch: int, score: float):
        """Takes the score after an epoch; tells whether to stop, as it lies below the median of the others."""
        if self.trial is None:
            return {"stop": True}
        try:
            self.trial.report(score, epoch)
        except optuna.exceptions.UpdateFinishedTrialError:
            # This machine slept so long that another one has the trial now.
            self.stop_beating()
            self.trial = None
            return {"stop": True}
        return {"stop": bool(self.trial.should_prune())}

    def finish(self, state: str, score: float | None = None):
        self.stop_beating()
        trial, self.trial = self.trial, None
        if trial is None:
            return {}
        if state == "complete":
            self.study.tell(trial, score, skip_if_finished=True)
        else:
            self.study.tell(trial, state=TrialState.PRUNED, skip_if_finished=True)
        return {}

    def give_back(self):
        """Lets another worker, or this one after a new start, go on with the trial."""
        if self.trial is None:
            return {}
        self.stop_beating()
        trial, self.trial = self.trial, None
        self.put_back(trial._trial_id)
        return {}

    def trials(self):
        """Every trial that has settings, in its place; those that were given back stand there as their copies."""
        told = []
        for trial in self.study.get_trials(deepcopy=False):
            if trial.state == TrialState.FAIL or not trial.params:
                continue
            told.append({
                "number": len(told) + 1,
                "state": trial.state.name.lower(),
                "score": trial.value if trial.state == TrialState.COMPLETE else None,
                "settings": trial.params,
                "run": trial.user_attrs.get("run"),
                "reported": sorted(trial.intermediate_values.items()),
            })
        return {"trials": told}

    def importance(self):
        """The share of the scores' variance that each setting explains (fANOVA), over whole trials."""
        whole = self.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if len(whole) < 2 or len({trial.value for trial in whole}) < 2:
            return {"importance": []}
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
        shares = optuna.importance.get_param_importances(self.study, evaluator=evaluator)
        return {"importance": [[name, float(share)] for name, share in shares.items()]}

    def take_back_abandoned(self) -> None:
        """Puts back the trials whose worker has died: on this machine, or silent for two minutes elsewhere."""
        for trial in self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            owner = trial.user_attrs.get("owner")
            if owner is not None and owner["host"] == socket.gethostname() and not is_alive(owner["pid"]):
                self.put_back(trial._trial_id)
        fail_stale_trials(self.study)

    def put_back(self, trial_id: int) -> None:
        storage = self.study._storage
        try:
            if not storage.set_trial_state_values(trial_id, state=TrialState.FAIL):
                return
        except optuna.exceptions.UpdateFinishedTrialError:
            return  # somebody else has put it back
        try_again(self.study, storage.get_trial(trial_id))

    def start_beating(self) -> None:
        storage, trial_id, end = self.study._storage, self.trial._trial_id, threading.Event()

        def beat() -> None:
            while True:
                try:
                    storage.record_heartbeat(trial_id)
                except Exception:  # a database that is away for a moment: the next beat tries again
                    pass
                if end.wait(HEARTBEAT_SECONDS):
                    return

        self.beat = end
        threading.Thread(target=beat, daemon=True).start()

    def stop_beating(self) -> None:
        if self.beat is not None:
            self.beat.set()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def distribution_of(form: dict):
    kind = form["kind"]
    if kind == "choice":
        return CategoricalDistribution(form["values"])
    if kind == "whole number":
        return IntDistribution(form["low"], form["high"], step=form["step"])
    return FloatDistribution(form["low"], form["high"], log=form["scale"] == "logarithmic")


def open_storage(url: str) -> RDBStorage:
    try:
        parsed = sqlalchemy.engine.make_url(url)
    except sqlalchemy.exc.ArgumentError:
        raise Refusal(
            "The storage of the study is no URL of a database.",
            "Write sqlite:////folder/study.sqlite3 or postgresql://user:password@host/database.",
        ) from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    connect = {"timeout": SQLITE_WAIT_SECONDS} if parsed.get_backend_name() == "sqlite" else {}
    shown = parsed.render_as_string(hide_password=True)
    for attempt in range(TRIES):
        try:
            return RDBStorage(
                parsed.render_as_string(hide_password=False),
                engine_kwargs={"connect_args": connect, "pool_pre_ping": True},
                heartbeat_interval=HEARTBEAT_SECONDS,
                grace_period=GRACE_SECONDS,
                heartbeat_stale_trial_callback=try_again,
            )
        except (ImportError, sqlalchemy.exc.NoSuchModuleError):
            raise Refusal(
                f"There is no driver for the storage {shown}.",
                "Use sqlite:// or postgresql://; npm start installs their drivers.",
            ) from None
        except (sqlalchemy.exc.SQLAlchemyError, AssertionError) as error:
            if attempt + 1 < TRIES and is_being_made(error):
                time.sleep(0.25)
                continue
            raise Refusal(
                f"The storage {shown} cannot be opened: {first_line(error)}.",
                "Check that the database is there and lets you in; without --storage the study lies in the store.",
            ) from None
        except RuntimeError as error:  # tables of another version of Optuna
            raise Refusal(f"The storage {shown} cannot be used: {first_line(error)}", "Use another.") from None
    raise AssertionError("unreachable")


def lock_beside(url: str) -> str | None:
    """The file that workers lock who share an SQLite file; a server locks rows itself."""
    parsed = sqlalchemy.engine.make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return f"{parsed.database}.lock" if is_file else None


@contextlib.contextmanager
def alone(lock: str | None):
    """Lets one worker at a time ask: SQLite has no lock on a row, and two would take the same waiting trial."""
    if lock is None:
        yield
        return
    with open(lock, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_being_made(error: Exception) -> bool:
    """Whether another process is making the tables of a new database at this moment: on another look they are there."""
    signs = ("already exists", "unique constraint", "duplicate key", "no such table", "does not exist")
    return isinstance(error, AssertionError) or any(sign in str(error).lower() for sign in signs)


def first_line(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return (str(original).strip() or "no answer").splitlines()[0].rstrip(".")


def answer(worker: Worker, line: str) -> dict:
    try:
        request = json.loads(line)
        return getattr(worker, request.pop("op"))(**request)
    except Refusal as refusal:
        return {"error": {"problem": refusal.problem, "remedy": refusal.remedy}}
    except sqlalchemy.exc.SQLAlchemyError as error:
        return {"error": {
            "problem": f"The study's database refused: {first_line(error)}.",
            "remedy": "Nothing is lost: the same command goes on once it answers again.",
        }}


def main() -> None:
    # Ctrl-C reaches every process of a terminal; whoever started this one decides when it ends.
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    warnings.filterwarnings("ignore", module="optuna")
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    replies = os.fdopen(os.dup(1), "w")
    sys.stdout = sys.stderr  # nothing but answers goes to the replies
    worker = Worker()
    for line in sys.stdin:
        print(json.dumps(answer(worker, line)), file=replies, flush=True)
    if worker.study is not None:
        worker.give_back()


main()
