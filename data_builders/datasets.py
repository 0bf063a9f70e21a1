"""The datasets that are built: of each, the module of its builder and that of its class views.

They are imported when they are asked for: a misspelt name is refused at once.
"""

BUILDERS = {
    "affwild2": "data_builders.affwild2.affwild2_dataset_builder",
    "casme2": "data_builders.casme2.casme2_dataset_builder",
    "folder": "data_builders.folder.folder_dataset_builder",
    "samm": "data_builders.samm.samm_dataset_builder",
    "smic": "data_builders.smic.smic_dataset_builder",
    "smic_hs_e": "data_builders.smic.smic_hs_e_dataset_builder",
    "smic_nir": "data_builders.smic.smic_nir_dataset_builder",
    "smic_nir_e": "data_builders.smic.smic_nir_e_dataset_builder",
    "smic_vis": "data_builders.smic.smic_vis_dataset_builder",
    "smic_vis_e": "data_builders.smic.smic_vis_e_dataset_builder",
    "synthetic": "data_builders.synthetic.synthetic_dataset_builder",
}

# Each keeps its views as VIEWS: a tuple of `data_builders.views.view.View`.
VIEW_MODULES = {
    "affwild2": "data_builders.affwild2.views",
    "casme2": "data_builders.casme2.views",
    "folder": "data_builders.folder.views",
    "samm": "data_builders.samm.views",
    "smic": "data_builders.smic.views",
    "smic_hs_e": "data_builders.smic.views",
    "smic_nir": "data_builders.smic.views",
    "smic_nir_e": "data_builders.smic.views",
    "smic_vis": "data_builders.smic.views",
    "smic_vis_e": "data_builders.smic.views",
    "synthetic": "data_builders.casme2.views",
}
