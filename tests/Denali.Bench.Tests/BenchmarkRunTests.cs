// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>
/// Runs each benchmark as a user would, and checks what it writes. Judges no figure but the exact ones.
/// </summary>
public sealed class BenchmarkRunTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("exit")]
    [InlineData("switch")]
    [InlineData("boot")]
    [InlineData("packet")]
    [InlineData("batching", "--vms", "100")]
    [InlineData("idle", "--vms", "10")]
    [InlineData("http")]
    [InlineData("wake")]
    [InlineData("density", "--vms", "100")]
    [InlineData("density", "--vms", "1")]
    [InlineData("survive", "--vms", "100")]
    [InlineData("survive", "--vms", "1")]
    [InlineData("create")]
    [InlineData("peers")]
    [InlineData("zipf", "--vms", "100")]
    public async Task Bench_Quick_WritesATableAndAReport(string benchmark, params string[] more)
    {
        Assert.SkipUnless(File.Exists("/dev/kvm"), "there is no /dev/kvm on this machine");
        NeedsToolsOf(benchmark);
        string file = Path.Combine(Path.GetTempPath(), $"denali-bench-{Guid.NewGuid():N}.json");
        try
        {
            (int status, string output, string errors) = await Run([benchmark, "--quick", "--json", file, .. more]);

            Assert.True(status == 0, $"status {status}: {errors}");
            string json = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            Assert.Empty(ReportSchema.Check(json));
            using JsonDocument report = JsonDocument.Parse(json);
            JsonElement[] rows = [.. report.RootElement.GetProperty("results").EnumerateArray()];
            Assert.All(rows, row =>
                Assert.Contains(row.GetProperty("name").GetString()!, output, StringComparison.Ordinal));
            JsonElement[] allocated =
                [.. rows.Where(row => row.GetProperty("name").GetString() == "allocated per exit")];
            Assert.All(allocated, row => Assert.Equal(0, row.GetProperty("value").GetDouble()));
            Assert.Equal(benchmark == "exit" ? 1 : 0, allocated.Length);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("exit", "--fast")]
    public async Task Bench_BadUsage_IsOneLine(params string[] arguments)
    {
        (int status, string output, string errors) = await Run(arguments);

        Assert.Equal(2, status);
        Assert.Empty(output);
        Assert.StartsWith("denali: ", errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static void NeedsToolsOf(string benchmark)
    {
        if (benchmark is "http" or "density" or "survive" or "zipf" or "create" or "wake" or "peers")
        {
            Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs: install the package e2fsprogs");
        }

        if (benchmark != "http")
        {
            return;
        }

        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces and TAP interfaces need root");
        Assert.SkipUnless(File.Exists("/usr/sbin/nginx"), "there is no nginx: install the package nginx-light");
        Assert.SkipUnless(File.Exists("/usr/bin/wrk"), "there is no wrk: install the package wrk");
    }

    private static async Task<(int Status, string Output, string Errors)> Run(params string[] arguments)
    {
        string program = Path.ChangeExtension(typeof(BenchmarkReport).Assembly.Location, null);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await Task.WhenAll(output, errors).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            process.Kill();
            Assert.Fail($"denali bench {string.Join(' ', arguments)} did not end within {s_limit}");
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
