// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;
using Denali.Guests.Tests;
using Xunit;

namespace Denali.Sites.Tests.Survival;

/// <summary>
/// A kernel that is killed at random points, also while it starts and while it saves: afterwards every site is there
/// and answers with its own content, VMs that were in the swap file go on where they were, and nothing is half there.
/// </summary>
/// <remarks><c>DENALI_SEED</c> repeats the choices of a run; what is under way when it is killed is not
/// repeated.</remarks>
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Speed", "Slow")]
    public Task Kernel_KilledAFewTimes_LosesNothing() => RunAsync(5);

    [Fact]
    [Trait("Speed", "Soak")]
    public Task Kernel_KilledHundredsOfTimes_LosesNothing() => RunAsync(300);

    private async Task RunAsync(int kills)
    {
        int seed = TestSettings.FirstSeed;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var lab = new KillLab(seed);
        for (int i = 0; i < kills; i++)
        {
            if (random.Next(4) == 0)
            {
                lab.KillAtStart();
            }
            else
            {
                await lab.RoundAsync();
            }
        }

        output.WriteLine($"{lab.Count} sites at the end, {lab.Resumed} VMs went on");
        await lab.FinishAsync();
    }
}
