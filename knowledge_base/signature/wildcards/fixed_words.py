"""Words of a message that say what happened: two lines that differ in one of them are two errors.

A word that is in no table, is written like a name and stands where names stand may be a variable. Where the
tables do not tell, a word is kept: a merge that is missing costs one template more, a wrong one hides an error.
"""

from __future__ import annotations


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Say no more than that something is denied or counted; alone they turn a sentence round.
NEGATIONS = _table("""
    no not non none never neither nor without cannot cant can't couldn't didn't doesn't don't isn't wasn't won't
    unable nothing nobody only all any both either each every some more less least most many few too already still
    yet again
""")

# Join the others; a line is not told by them, and they vary with grammar alone.
LITTLE_WORDS = _table("""
    a an the this that these those it its his her their our your my we you they i he she who whom whose which what
    when where why how and or but if then else while until because since so as at by for from in into inside of off
    on onto out over per than through to toward towards under up upon via with within about above across after
    against along among around before behind below beneath beside between beyond down during except near outside
    past till be been being am is are was were has have had having do does did done will would shall should can
    could may might must there here now just also very please ok okay hello hi
""")

# Where something stands in its life. `state: running` and `state: stopped` are two things.
STATES = _table("""
    true false yes on off up down high low open closed full empty idle busy active inactive alive dead live ready
    pending running run runs ran stopped stop stops started start starts startup shutdown restart restarts paused
    pause resumed resume suspended suspend init initialized initial new old stale fresh clean dirty valid invalid ok
    success successful successfully succeeded succeed succeeds fail fails failed failure failures complete completed
    done finished finish finishes aborted abort aborts killed kill kills lost found missing online offline unknown
    known healthy unhealthy normal abnormal degraded enabled disabled enable disable connected disconnected connect
    connects disconnect available unavailable reachable unreachable accepted accept rejected reject granted denied
    deny allowed forbidden allow forbid locked unlocked lock unlock leader follower leading following looking
    observer master slave primary secondary standby replica candidate active passive draining drained joined left
    join leave queued scheduled submitted waiting blocked unblocked warm cold hot safe unsafe early late fast slow
    first last next previous current expired expire good bad null nil nan undefined infinite infinity zero one two
    three four five minimum maximum max min left right critical fatal error errors warning warnings warn info debug
    trace notice alert emergency severe fine verbose low medium major minor
""")

# What programs do and what is done to them, as far as no ending tells it.
ACTS = _table("""
    get put post patch head options trace delete read write reads writes wrote written create creates make makes
    made remove removes move moves copy copies rename drop drops add adds insert inserts update updates upsert
    select alter truncate merge merges split commit commits rollback begin begins begun end ends load loads unload
    save saves store stores restore fetch fetches send sends sent receive receives push pull publish subscribe poll
    request requests response reply respond call calls invoke execute executes exec apply applies submit cancel
    cancels close closes opens shut bind binds bound listen listens dial resolve resolves lookup find finds search
    match matches compare check checks verify validate parse parses decode encode encrypt decrypt compress
    decompress serialize deserialize convert cast allocate free release acquire acquires reserve assign attach
    detach mount unmount umount format flush sync fsync seek append prepend replay retry retries recover repair
    rebuild rebalance balance elect vote register unregister deregister deploy undeploy install uninstall upgrade
    downgrade build compile link configure initialize initialise terminate terminates exit exits quit return returns
    throw throws catch raise raises handle handles process skip skips ignore ignores drop discard discards evict
    evicts expire refresh renew rotate purge clear clears reset resets reload set sets unset use uses used need
    needs needed require requires expect expects want got get gets give gives gave given take takes took taken keep
    keeps kept hold holds held let lets put puts go goes went gone come comes came become became see saw seen show
    shows shown try tries wait waits run launch launches spawn fork join wake sleep hang hung stuck log login logon
    logout logoff sign authenticate authorize authorise scan sweep schedule report reports detect detects exceed
    exceeds reach reaches drain replicate transfer upload download import export backup archive index reindex query
    scale grow shrink resize extend limit block unblock fix change changes changed cut lose loses broke break breaks
    broken ended added freed moved fired voted tried died ping pong ack nack hello goodbye welcome
""")

# Units and times of day vary with the number before them, which is masked.
MEASURES = _table("""
    b kb mb gb tb kib mib gib tib byte bytes bit bits ms us ns s sec secs second seconds min mins minute minutes h
    hr hour hours day days week weeks month months year years percent pct times time row rows line lines am pm utc
    gmt monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march
    april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
""")

# What stands behind one of these tells which kind of thing happened: `reason timeout`, `event=created`.
ANNOUNCING = _table("""
    action cause caused category code command condition cmd errno error errors event exception exit fault flag kind
    level method mode op operation phase policy priority reason result severity signal stage state status step
    strategy type verb warning why
""")

# What stands behind one of these is a predicate or an act: `is broken`, `failed to compact`.
BEFORE_ACTS = _table("""
    am are be been being is was were has have had do does did will would shall should can could may might must
    cannot cant can't couldn't didn't doesn't don't isn't wasn't won't not never got get gets became become becomes
    remains seems looks still already
""")
BEFORE_TO = _table("""
    able about attempt attempted attempting attempts cannot choose decided expected fail failed failing fails
    failure going have need needs order permission permitted ready refused refusing supposed tried tries try trying
    unable unwilling wait waiting want wanted wants
""")

# Endings of acts and states; names with one of them are rare and stay apart.
ENDINGS_OF_ACTS = ("ed", "ing", "edly", "ingly")
# Endings of notions and qualities; names may have them.
ENDINGS_OF_NOTIONS = (
    *("tion", "sion", "ment", "ness", "ance", "ence", "ancy", "ency", "able", "ible", "ful", "less", "ous", "ive"),
    *("ity", "ism", "ally", "ately"),
)
SHORTEST_WITH_ENDING = 6
