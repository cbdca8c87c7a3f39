#pragma once

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/ca.hpp"

namespace countersign::tests {

/// The identities that stores are made of: made once.
struct Material {
    std::vector<Issued> issued;

    static const Material& get() {
        static const Material kMaterial;
        return kMaterial;
    }

private:
    Material();
};

/// Makes stores and changes, always the same for one seed.
class Dice {
public:
    explicit Dice(unsigned seed) : random_{seed} {}

    // One in twenty has one, except for Java's: keys that are derived from it are slow by intent.
    std::optional<std::string_view> password() const { return password_; }
    void use_password();

    std::size_t below(std::size_t limit) { return random_() % limit; }
    bool often() { return below(3) != 0; }
    const Issued& issued() {
        const auto& all = Material::get().issued;
        return all[below(all.size())];
    }
    std::string block_label();

private:
    std::mt19937 random_;
    std::optional<std::string_view> password_;
};

/// A store as somebody may have it: PEM by hand, PKCS#12 of any program, JKS, JCEKS.
std::string random_store(Dice& dice);

}  // namespace countersign::tests
