namespace EdgeAI.Graph.Upgrades;

/// <summary>BatchNormalization's modes, and the normalization of 2017 that came back in version 9.</summary>
internal static class Normalizations
{
    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        new("batch-normalization-test", 7, "BatchNormalization", "inference needs no 'is_test' and has one result", DropTest),
        new("batch-normalization-spatial", 9, "BatchNormalization", "statistics for each feature instead of each channel become arithmetic", SpreadFeatures),
        new("batch-normalization-results", 14, "BatchNormalization", "more than one result means training, which 'training_mode' says", SayTraining),
        new("mean-variance-axes", 9, "MeanVarianceNormalization", "'across_channels' becomes axes; without variance it is a subtraction", MeanVariance),
    ];

    private static void DropTest(UpgradeSite site)
    {
        if (site.Attributes.Int("is_test", 0) != 0)
        {
            RefuseReaders(site, 1);
            site.Become("BatchNormalization", site.Attributes.Without("is_test"), [.. site.Node.Inputs], [site.Node.Output(0)]);
            return;
        }

        FirstOperators.Drop(site, "is_test");
    }

    /// <summary>Statistics of the batch that were saved for the gradient have no place any more.</summary>
    private static void SayTraining(UpgradeSite site)
    {
        if (site.Node.Outputs.Skip(1).All(output => output is null))
        {
            return;
        }

        RefuseReaders(site, 3);
        site.Become("BatchNormalization", site.Attributes.With("training_mode", new AttributeValue.Int(1)), [.. site.Node.Inputs], [.. site.Node.Outputs.Take(3)]);
    }

    private static void RefuseReaders(UpgradeSite site, int first)
    {
        for (var i = first; i < site.Node.Outputs.Count; i++)
        {
            if (site.IsRead(i))
            {
                throw site.Refuse($"result '{site.Node.Output(i)!.Name}' is a statistic that the newer operator does not give, and it is read; expected a model for inference");
            }
        }
    }

    /// <summary>Vectors of C mean the same with and without 'spatial' where there is nothing behind the channels.</summary>
    private static void SpreadFeatures(UpgradeSite site)
    {
        if (!site.Attributes.Contains("spatial"))
        {
            return;
        }

        if (site.Attributes.Int("spatial", 1) != 0 || site.RankOf(1) == 1)
        {
            site.Become(site.Attributes.Without("spatial"));
            return;
        }

        var epsilon = site.Scalar("epsilon", site.Attributes.Float("epsilon", 1e-5f), site.ElementOf(4));
        var deviation = site.Insert("Sqrt", "deviation", AttributeList.Empty, site.Insert("Add", "variance", AttributeList.Empty, site.Input(4), epsilon));
        var centred = site.Insert("Sub", "centred", AttributeList.Empty, site.Input(0), site.Input(3));
        var normal = site.Insert("Div", "normal", AttributeList.Empty, centred, deviation);
        var scaled = site.Insert("Mul", "scaled", AttributeList.Empty, normal, site.Input(1));
        site.Become("Add", AttributeList.Empty, [scaled, site.Input(2)], [site.Node.Output(0)]);
    }

    private static void MeanVariance(UpgradeSite site)
    {
        var isAcross = site.Attributes.Int("across_channels", 0) != 0;
        var axes = new AttributeValue.Ints(isAcross ? [0, 1, 2, 3] : [0, 2, 3]);
        if (site.Attributes.Int("normalize_variance", 1) != 0)
        {
            site.Become(AttributeList.Empty.With("axes", axes));
            return;
        }

        var mean = site.Insert("ReduceMean", "mean", AttributeList.Empty.With("axes", axes).With("keepdims", new AttributeValue.Int(1)), site.Input(0));
        site.Become("Sub", AttributeList.Empty, site.Input(0), mean);
    }
}
