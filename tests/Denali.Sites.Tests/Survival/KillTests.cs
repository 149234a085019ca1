// SPDX-License-Identifier: MIT
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
    public Task Kernel_KilledAFewTimes_LosesNothing() => RunAsync(3);

    [Fact]
    [Trait("Speed", "Soak")]
    public Task Kernel_KilledHundredsOfTimes_LosesNothing() => RunAsync(300);

    // In each five of them it is killed four times.
    private async Task RunAsync(int kills)
    {
        int seed = TestSettings.FirstSeed;
        output.WriteLine($"seed {seed}");
        using var lab = new KillLab(seed);
        try
        {
            while (lab.Kills < kills)
            {
                await lab.KillAtWorkAsync();
                lab.KillAtStart();
                await lab.SaveAsync();
                await lab.KillWhileSavingAsync();
                await lab.KillAtWorkAsync();
            }
        }
        finally
        {
            output.WriteLine(
                $"{lab.Kills} kills, {lab.KillsWhileSaving} of them while it saved, {lab.Count} sites at the end, "
                + $"{lab.Resumed} VMs went on");
        }

        Assert.True(lab.KillsWhileSaving > 0 || kills < 100, "it was never killed while it saved");
        Assert.True(lab.Resumed > 0, "no VM went on");
        await lab.FinishAsync();
    }
}
