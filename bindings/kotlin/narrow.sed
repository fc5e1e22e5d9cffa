# The generator makes its machinery public; what an app is not to touch is made internal, so that completion and api.txt show the API alone.
s/^(public )?((abstract |open )?(object|interface|class|typealias|fun) (<[^>]*> )?(FfiConverter|ForeignBytes|RustBuffer|Uniffi(Cleaner|Foreign|NullRust|RustCall|WithHandle)|uniffiEnsure))/internal \2/
s/^(    )(companion object ErrorHandler)/\1internal \2/
s/^(    )(constructor\(withHandle: )/\1internal \2/
s/^(    )protected (val (handle|cleanable): )/\1internal \2/
s/^(    )(fun uniffiCloneHandle|val uniffiIsDestroyed)/\1internal \2/
# A call that is cancelled while its result is being fetched lets go of it: or a store stays open that nobody holds.
/suspend fun *<T, F, E.*uniffiRustCallAsync\(/,/^}/s/^    \} finally \{/    } catch (cancelled: kotlinx.coroutines.CancellationException) {\
        Disposable.destroy(\
            runCatching { liftFunc(uniffiRustCallWithError(errorHandler) { completeFunc(rustFuture, it) }) }.getOrNull()\
        )\
        throw cancelled\
    } finally {/
