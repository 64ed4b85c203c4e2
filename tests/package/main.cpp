#include <core/cached/cachedfunction.h>

#include <cstdio>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace std::chrono_literals;

struct PriceKey : KeyConstructor {
    PriceKey()
    {
        nameSpace("prices");
        field("product", ArgsKeyField("sku").partition());
        field("currency", ArgsKeyField("currency"));
    }
};

double priceFromTheDatabase(const std::string &sku, const std::string &currency)
{
    std::puts("asking the database");
    return double(sku.size()) * (currency == "EUR" ? 1.0 : 1.1);
}

int main(int argc, char **argv)
{
    const auto cache = Cache::open(argc > 1 ? argv[1] : "memory:");
    if (!cache) {
        std::fputs(cache.error().message().constData(), stderr);
        return 1;
    }
    const CachedFunction price(**cache, "shop.pricing.price",
                               parameters("sku"_p, "currency"_p = "EUR"), priceFromTheDatabase,
                               {.key = PriceKey(), .ttl = 5min});

    std::printf("%.2f\n", price("teapot")); // asks the database
    std::printf("%.2f\n", price("teapot")); // does not
    std::printf("%s\n", name(price.getWithMetadata("teapot").metadata.status)); // HIT
    (void)price.deleteByPrefix("sku"_p = "teapot"); // in every currency
    std::printf("%s\n", name(price.getWithMetadata("teapot").metadata.status)); // MISS
}
