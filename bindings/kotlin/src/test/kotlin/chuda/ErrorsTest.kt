package chuda

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class ErrorsTest {
    @Test
    fun `each kind is another thing to do`() {
        val params = mapOf("field" to "customer")
        val errors =
            listOf(
                ChudaException.Invalid("k", params),
                ChudaException.NotFound("k", params),
                ChudaException.NotAllowed("k", params),
                ChudaException.Offline("k", params),
                ChudaException.Server("k", params),
                ChudaException.Storage("k", params),
                ChudaException.Model("k", params),
                ChudaException.Cancelled("k", params),
                ChudaException.Internal("k", params),
            )
        assertEquals(Action.entries, errors.map { it.action })
        assertEquals(setOf("k" to params), errors.map { it.key to it.params }.toSet())
    }
}
