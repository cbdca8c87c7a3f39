#include "profiles/yaml/profiles.hpp"

#include <map>

#include "profiles/profile_set.hpp"
#include "profiles/yaml/names.hpp"
#include "profiles/yaml/profile.hpp"

namespace countersign::profiles {
namespace {

void report_tie(const Tie& tie, const YamlField& first, const YamlField& second) {
    second.problem(
        "profiles '" + tie.first + "', at " + first.place().to_text() + ", and '" + tie.second +
        "' both apply to " + tie.example + ", by the host '" + tie.pattern +
        "', and neither is more specific; remove one, or give one of them other hosts, ports, "
        "clients, listeners, paths or methods"
    );
}

}  // namespace

std::vector<Profile> read_profiles(
    const YamlField& field, const RecordNames& records, const KnownNames& known,
    const std::vector<ListenerKind>& listeners
) {
    std::vector<Profile> profiles;
    const auto items = field.items("a list of profiles");
    if (!items) return profiles;

    // A profile with a problem is left out of the comparison: its ports may be what is wrong.
    std::vector<Profile> sound;
    std::map<std::string, const YamlField*> sound_fields;
    UniqueNames unique{"profile"};
    for (const auto& item : *items) {
        const auto problems = item.report().problem_count();
        profiles.push_back(read_profile(item, unique, records, known));
        if (item.report().problem_count() != problems) continue;
        sound.push_back(profiles.back());
        sound_fields.emplace(profiles.back().name, &item);
    }

    const auto set = ProfileSet::from(std::move(sound), listeners);
    if (set.has_value()) return profiles;
    for (const auto& tie : set.error()) {
        report_tie(tie, *sound_fields.at(tie.first), *sound_fields.at(tie.second));
    };
    return profiles;
}

}  // namespace countersign::profiles
