// SPDX-License-Identifier: MIT
namespace Denali.Cli;

/// <summary>What one check of the machine found.</summary>
/// <param name="Verdict">How it is.</param>
/// <param name="What">What was looked at, in a word or two.</param>
/// <param name="Text">The value; where something is wrong, why, and the cure behind a semicolon.</param>
internal readonly record struct DoctorFinding(DoctorVerdict Verdict, string What, string Text)
{
    internal static DoctorFinding Ok(string what, string value) => new(DoctorVerdict.Ok, what, value);

    internal static DoctorFinding Warn(string what, string why, string cure) =>
        new(DoctorVerdict.Warn, what, $"{why}; {cure}");

    internal static DoctorFinding Fail(string what, string why, string cure) =>
        new(DoctorVerdict.Fail, what, $"{why}; {cure}");

    /// <summary>The line that the user sees.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Word(Verdict)} {What}: {Text}";

    private static string Word(DoctorVerdict verdict) => verdict switch
    {
        DoctorVerdict.Ok => "ok  ",
        DoctorVerdict.Warn => "warn",
        _ => "FAIL",
    };
}
