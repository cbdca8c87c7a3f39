#include "profiles/yaml/confinement.hpp"

#include <algorithm>
#include <system_error>

#include "profiles/yaml/report.hpp"

namespace countersign::profiles {

namespace fs = std::filesystem;

std::string outside_problem(const fs::path& path, const YamlPlace& place) {
    if (place.within == nullptr) return {};
    std::error_code error;
    const fs::path real = fs::weakly_canonical(path, error);
    const fs::path within = error ? fs::path{} : fs::canonical(*place.within, error);
    if (!error) {
        const auto [end, rest] = std::ranges::mismatch(within, real);
        if (end == within.end() && rest != real.end()) return {};
    }
    return quote_file(path.string()) +
           " is outside of console.directory, where this stands: "
           "what stands there may name files of that directory only";
}

}  // namespace countersign::profiles
