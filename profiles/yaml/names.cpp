#include "profiles/yaml/names.hpp"

#include "profiles/yaml/scalars.hpp"

namespace countersign::profiles {

std::optional<std::string> UniqueNames::read(YamlMap& map) {
    const auto field = map.require("name", "the name of this " + std::string{kind_});
    const auto name = field ? as_text(*field) : std::nullopt;
    if (!name) return std::nullopt;
    if (name->find_first_of("\t\r\n") != name->npos || name->front() == ' ' ||
        name->back() == ' ') {
        field->unexpected("a name in one line, without spaces around it");
        return std::nullopt;
    }

    const auto [first, inserted] = places_.emplace(*name, field->place());
    if (inserted) return name;
    field->problem(
        "another " + std::string{kind_} + " is named '" + *name + "', at " +
        first->second.to_text() + "; give one of them another name"
    );
    return std::nullopt;
}

}  // namespace countersign::profiles
