#pragma once

namespace countersign::proxy::net {

/// Whether an address or thread sanitizer watches this build. Then nothing is pooled: every block
/// is one of the sanitizer's heap, so that a use after its end, or behind it, is seen.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace countersign::proxy::net
