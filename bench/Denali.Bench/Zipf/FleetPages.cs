// SPDX-License-Identifier: MIT
using Denali.Bench.Visits;

namespace Denali.Bench.Zipf;

/// <summary>A web VM for each page. All have been visited once: those that hold no slot are parked.</summary>
internal sealed class FleetPages : IPageServer
{
    private const int Concurrency = 16;

    private readonly WebFleet _fleet;

    /// <summary>Makes the VMs, and visits each.</summary>
    /// <param name="count">How many.</param>
    /// <param name="slots">Most execution slots.</param>
    internal FleetPages(int count, int slots)
    {
        _fleet = new WebFleet(slots);
        ulong[] machines = _fleet.Create(count);
        _ = _fleet.VisitAll(machines, Concurrency);
        Pages = _fleet.PagesOf(machines);
    }

    public ClientHost Host => _fleet.Host;

    public PageSet Pages { get; }

    public void Dispose() => _fleet.Dispose();
}
