#pragma once

#include <cstddef>

namespace countersign::certs {

/// Memory for what is secret: no core dump has it (MADV_DONTDUMP), be it the kernel's or gdb's.
/// Aligned for every type. Throws std::bad_alloc. Any thread. Under a sanitizer it is the heap's,
/// which the sanitizer watches.
void* take_secret_memory(std::size_t bytes);
/// Wipes what `take_secret_memory` gave for as many bytes, and takes it back.
void give_back_secret_memory(void* memory, std::size_t bytes) noexcept;

}  // namespace countersign::certs
