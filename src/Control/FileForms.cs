// SPDX-License-Identifier: MIT
using System.Text.RegularExpressions;

namespace Denali.Control;

/// <summary>
/// How the files are named that the program makes in its folders. What is named otherwise is somebody else's, and
/// stays.
/// </summary>
internal static partial class FileForms
{
    private const string ImageName = @"^[0-9a-f]{16}-[0-9a-f]{32}\.img";
    private const string TemplateName = @"^[0-9a-f]{16}-[0-9a-f]{16}\.template";

    /// <summary>The disk image of a directory.</summary>
    [GeneratedRegex(ImageName + @"\z")]
    internal static partial Regex Image();

    /// <summary>One that is being written.</summary>
    [GeneratedRegex(ImageName + @"\.[0-9]+\.new\z")]
    internal static partial Regex UnfinishedImage();

    /// <summary>The template of a guest.</summary>
    [GeneratedRegex(TemplateName + @"\z")]
    internal static partial Regex Template();

    /// <summary>One that is being written.</summary>
    [GeneratedRegex(TemplateName + @"\.[0-9]+-[0-9]+(\.[0-9]+-[0-9]+\.new)?\z")]
    internal static partial Regex UnfinishedTemplate();

    /// <summary>What the VM of that number began from.</summary>
    [GeneratedRegex(@"^[0-9a-f]{16}\.template\z")]
    internal static partial Regex Clone();

    /// <summary>The same, which is being written or of which no VM has been made yet.</summary>
    [GeneratedRegex(@"^[0-9a-f]{32}\.new(\.[0-9]+-[0-9]+\.new)?\z")]
    internal static partial Regex UnfinishedClone();
}
